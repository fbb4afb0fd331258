--- Waiting for events: `events.once` and `events.on`.
--
-- Both are the methods of that name, called with a table of options, or with nothing, where a listener would be.
--
-- Floor 3.

local abort = require("uvnet.base.abort")
local answers = require("uvnet.events.answers")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local unpack = table.unpack or unpack -- luacheck: ignore 143
local later = ticks.later

local waiting = {}

local MOST = 9007199254740991 -- events that wait, where nobody sets a mark

local function check_emitter(emitter)
  if type(emitter) == "table" and is_callable(emitter.on) and is_callable(emitter.once) then return end
  errors.throw("ERR_INVALID_ARG_TYPE", "emitter", "EventEmitter", emitter)
end

local ONCE_OPTIONS = strict.names("signal")
local ON_OPTIONS = strict.names("signal close highWaterMark lowWaterMark")

local function check_options(options, known)
  if options == nil then return {} end
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  strict.check(options, known)
  abort.check(options.signal, "options.signal")
  return options
end

-- ---- once ----

local function listen_once(emitter, event, signal, settle)
  local on_event, on_error, stop_watching

  local function remove()
    emitter:removeListener(event, on_event)
    if on_error then emitter:removeListener("error", on_error) end
    if stop_watching then stop_watching() end
  end

  function on_event(...)
    remove()
    settle(nil, ...)
  end

  emitter:once(event, on_event)
  if event ~= "error" then
    function on_error(err)
      remove()
      settle(err)
    end
    emitter:once("error", on_error)
  end
  if signal then
    stop_watching = abort.watch(signal, function()
      remove()
      settle(abort.error(signal))
    end)
  end
  return remove
end

--- Waits for an event, or for `error`.
-- @param emitter
-- @param event its name
-- @tparam[opt] table options `signal`
-- @tparam[opt] function callback gets an error, or nil and what the event's listeners get
-- @return without a callback, in a task, what the event's listeners get
-- @raise ERR_INVALID_ARG_TYPE; without a callback the error
function waiting.once(emitter, event, options, callback)
  check_emitter(emitter)
  local signal = check_options(options, ONCE_OPTIONS).signal
  local function begin(settle)
    if signal and signal.aborted then
      later(settle, abort.error(signal))
      return nil
    end
    return listen_once(emitter, event, signal, settle)
  end
  if callback then return answers.give(begin, callback) end
  local values = answers.give(function(settle)
    return begin(function(err, ...) settle(err, { n = select("#", ...), ... }) end)
  end)
  return unpack(values, 1, values.n)
end

-- ---- on ----

-- Fields: `events`: those that nobody has asked for yet, from `first` to `last`; `asking`: the callbacks of those who
-- ask before there is one, likewise in a list with `head` and `tail`; `err`: what the next one is told;
-- `finished`; `paused`: the emitter was told to pause.
local Iterator = {}
Iterator.__index = Iterator

local function finish(self)
  self.finished, self.paused = true, false
  if self.stop_watching then self.stop_watching() end
  local listeners = self.listeners
  self.listeners = {}
  for i = #listeners, 1, -1 do
    self.emitter:removeListener(listeners[i][1], listeners[i][2])
  end
  while self.head <= self.tail do
    local callback = self.asking[self.head]
    self.asking[self.head] = nil
    self.head = self.head + 1
    later(callback)
  end
end

local function settle_first(self, err, args)
  local callback = self.asking[self.head]
  if not callback then return false end
  self.asking[self.head] = nil
  self.head = self.head + 1
  later(callback, err, args)
  return true
end

local function fail(self, err)
  if not settle_first(self, err) then self.err = err end
  finish(self)
end

local function listen(self, event, listener)
  self.emitter:on(event, listener)
  self.listeners[#self.listeners + 1] = { event, listener }
end

local function on_event(self, args)
  if settle_first(self, nil, args) then return end
  self.last = self.last + 1
  self.events[self.last] = args
  if not self.paused and self.last - self.first + 1 > self.high then
    self.paused = true
    self.emitter:pause()
  end
end

local function ask(self, callback)
  if self.first <= self.last then
    local args = self.events[self.first]
    self.events[self.first] = nil
    self.first = self.first + 1
    if self.paused and self.last - self.first + 1 < self.low then
      self.paused = false
      self.emitter:resume()
    end
    later(callback, nil, args)
  elseif self.err ~= nil then
    local err = self.err
    self.err = nil
    later(callback, err)
  elseif self.finished then
    later(callback)
  else
    local place = self.tail + 1
    self.tail = place
    self.asking[place] = callback
    return function() self.asking[place] = function() end end
  end
end

--- Asks for the next event.
-- @tparam[opt] function callback gets an error, or nil and a list of what the event's listeners get, with its length in
--   `n`; nil at the end
-- @return without a callback, in a task, that list
function Iterator:next(callback)
  return answers.give(function(settle) return ask(self, settle) end, callback)
end

--- Listens no longer. Those who ask are told that this is the end.
function Iterator:close() finish(self) end

Iterator["return"] = Iterator.close

--- Ends it with an error, which the next one who asks is told.
function Iterator:throw(err)
  if not errors:isInstance(err) then
    errors.throw("ERR_INVALID_ARG_TYPE", "EventEmitter.AsyncIterator", "Error", err)
  end
  fail(self, err)
end

Iterator.__call = function(self) return self:next() end
Iterator.__close = finish

local function check_mark(options, name, otherwise)
  local mark = options[name]
  if mark == nil then return otherwise end
  name = "options." .. name
  if type(mark) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", mark) end
  if mark % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", name, "an integer", mark) end
  if mark < 1 then errors.throw("ERR_OUT_OF_RANGE", name, ">= 1 && <= 9007199254740991", mark) end
  return mark
end

--- Goes through an event's occurrences.
-- @param emitter
-- @param event its name
-- @tparam[opt] table options `signal`; `close`: a list of events that end it; `highWaterMark`, `lowWaterMark`: how many
--   may wait before the emitter's `pause` is called, and how many when `resume` is
-- @return what a `for` needs; the first value can be asked by `next(callback)` as well
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, an AbortError
function waiting.on(emitter, event, options)
  check_emitter(emitter)
  options = check_options(options, ON_OPTIONS)
  local signal = options.signal
  if signal and signal.aborted then error(abort.error(signal), 0) end
  local self = setmetatable({
    emitter = emitter,
    high = check_mark(options, "highWaterMark", MOST),
    low = check_mark(options, "lowWaterMark", 1),
    events = {}, first = 1, last = 0,
    asking = {}, head = 1, tail = 0,
    listeners = {},
    finished = false, paused = false,
  }, Iterator)
  listen(self, event, function(...) on_event(self, { n = select("#", ...), ... }) end)
  if event ~= "error" then
    listen(self, "error", function(err) fail(self, err) end)
  end
  for _, name in ipairs(options.close or {}) do
    listen(self, name, function() finish(self) end)
  end
  if signal then
    self.stop_watching = abort.watch(signal, function() fail(self, abort.error(signal)) end)
  end
  return self, nil, nil, self
end

return waiting
