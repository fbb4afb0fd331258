--- AbortController and AbortSignal: how something that takes long is told to stop.
--
-- A signal is an emitter with one event, `abort`, and has JavaScript's names for it. It differs from other emitters as
-- an EventTarget does in Node: a listener is added once however often it is given, there is no limit to their number,
-- and one that raises keeps nobody else from being called: what it raised comes out of `net.run`.
--
-- Private fields: `_aborted`, `_reason`; `_on`: the function of `onabort`; `_links`: who holds the signal weakly while
-- nobody listens to it, and for good while somebody does: its sources, or the timer that will abort it; `_dependents`:
-- the links to those made of it by `any`; `_sources`: of one made by `any`, what it was made of.
--
-- Floor 5.

local EventEmitter = require("uvnet.events")
local class = require("uvnet.base.class")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")

local LONGEST = 2147483647 -- ms, of one timer
local MOST = 4294967295

local AbortSignal = EventEmitter:extend("AbortSignal")
AbortSignal._maxListeners = 0
AbortSignal._captures = false -- it is no EventEmitter in Node

local getters = AbortSignal.__getters

function AbortSignal.initialize() errors.throw("ERR_ILLEGAL_CONSTRUCTOR") end

local function new_signal() return setmetatable({}, AbortSignal.__instance) end

local function is_signal(value) return AbortSignal:isInstance(value) end

local function check_signal(self, call)
  if not is_signal(self) then errors.throw("ERR_INVALID_THIS", call, self) end
end

-- ---- its state ----

--- Has it been aborted?
function getters:aborted() return rawget(self, "_aborted") or false end

--- What `abort` was called with.
function getters:reason() return rawget(self, "_reason") end

--- One function more that is called at `abort`; nil for none.
function getters:onabort()
  local on = rawget(self, "_on")
  return on and on.handler
end

--- Raises the reason, if it has been aborted.
function AbortSignal:throwIfAborted()
  check_signal(self, "signal:throwIfAborted()")
  if self.aborted then error(self.reason, 0) end
end

-- What `tostring` shows.
function AbortSignal:_describe() return self.aborted and "aborted" or "not aborted" end

-- ---- who listens ----

-- A link leads to a signal that may be collected while nobody would notice.
local WEAK = { __mode = "v" }
local function new_link(signal)
  local link = { weak = setmetatable({ signal }, WEAK), strong = false }
  local links = rawget(signal, "_links") or {}
  rawset(signal, "_links", links)
  links[#links + 1] = link
  return link
end

local function is_awaited(signal) return signal:listenerCount("abort") > 0 or (rawget(signal, "_awaited") or 0) > 0 end

-- Listeners have come or gone: is it still to be kept for their sake, and what it was made of?
local function update_links(signal)
  local links = rawget(signal, "_links")
  if not links then return end
  local awaited = not signal.aborted and is_awaited(signal)
  if links.awaited == awaited then return end
  links.awaited = awaited
  for i = 1, #links do
    links[i].strong = awaited and signal
  end
  local sources = rawget(signal, "_sources")
  for i = 1, sources and #sources or 0 do
    local source = sources[i]
    rawset(source, "_awaited", (rawget(source, "_awaited") or 0) + (awaited and 1 or -1))
    update_links(source)
  end
end

-- The function that the user gave, of what `once` makes of it.
local function given(listener) return type(listener) == "table" and rawget(listener, "listener") or listener end

-- Is it a new one? `_heard` holds the listeners of `abort`: there may be many, each of which is taken once.
local function is_new(signal, event, listener)
  if event ~= "abort" then return true end
  local heard, plain = rawget(signal, "_heard"), given(listener)
  if not heard then
    heard = {}
    rawset(signal, "_heard", heard)
  end
  if heard[plain] then return false end
  heard[plain] = is_callable(plain)
  return true
end

function AbortSignal:on(event, listener)
  check_signal(self, 'signal:on("abort", listener)')
  if listener ~= nil and not is_new(self, event, listener) then return self end
  EventEmitter.on(self, event, listener)
  update_links(self)
  return self
end

AbortSignal.addListener = AbortSignal.on

function AbortSignal:prependListener(event, listener)
  check_signal(self, 'signal:prependListener("abort", listener)')
  if listener ~= nil and not is_new(self, event, listener) then return self end
  EventEmitter.prependListener(self, event, listener)
  update_links(self)
  return self
end

function AbortSignal:removeListener(event, listener)
  EventEmitter.removeListener(self, event, listener)
  local heard = event == "abort" and rawget(self, "_heard")
  if heard then heard[given(listener)] = nil end
  update_links(self)
  return self
end

AbortSignal.off = AbortSignal.removeListener

function AbortSignal:removeAllListeners(event)
  EventEmitter.removeAllListeners(self, event)
  if event == nil or event == "abort" then rawset(self, "_heard", nil) end
  update_links(self)
  return self
end

-- Those of uvnet's own who wait for the end, one for each socket perhaps, and come and go: all of them are one
-- listener. A list in which each knows his neighbours.
local function call_watchers(signal)
  local watchers = rawget(signal, "_watchers")
  rawset(signal, "_watchers", nil)
  local one = watchers and watchers.next
  while one and one ~= watchers do
    one.previous.next, one.next.previous = one.next, one.previous
    one.gone = true
    local ok, err = pcall(one.action)
    if not ok then ticks.later(error, err, 0) end
    one = watchers.next
  end
end

--- Has an action called at the end; what comes back takes it away. See `base/abort`.
-- @local
function AbortSignal:_watch(action)
  local watchers = rawget(self, "_watchers")
  if not watchers then
    watchers = {}
    watchers.next, watchers.previous = watchers, watchers
    rawset(self, "_watchers", watchers)
    function watchers.listener() call_watchers(self) end
    self:once("abort", watchers.listener)
  end
  local one = { action = action, previous = watchers.previous, next = watchers }
  watchers.previous.next, watchers.previous = one, one
  return function()
    if one.gone then return end
    one.gone = true
    one.previous.next, one.next.previous = one.next, one.previous
    if watchers.next == watchers and rawget(self, "_watchers") == watchers then
      rawset(self, "_watchers", nil)
      self:removeListener("abort", watchers.listener)
    end
  end
end

local LISTENER_OPTIONS = strict.names("once signal")

--- JavaScript's `on`.
-- @tparam string event
-- @tparam function listener gets the event: `{ type = "abort", target = … }`
-- @tparam[opt] table options `once`; `signal`: one that takes the listener away
-- @raise ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE
function AbortSignal:addEventListener(event, listener, options)
  check_signal(self, 'signal:addEventListener("abort", listener)')
  if listener == nil then errors.throw("ERR_MISSING_ARGS", "type", "listener") end
  if not is_callable(listener) then errors.throw("ERR_INVALID_ARG_TYPE", "listener", "EventListener", listener) end
  options = type(options) == "table" and options or {}
  strict.check(options, LISTENER_OPTIONS)
  local stop = options.signal
  if stop ~= nil then
    if not is_signal(stop) then errors.throw("ERR_INVALID_ARG_TYPE", "options.signal", "AbortSignal", stop) end
    if stop.aborted then return end
    stop:once("abort", function() self:removeListener(event, listener) end)
  end
  if options.once then
    self:once(event, listener)
  else
    self:on(event, listener)
  end
end

--- JavaScript's `removeListener`.
-- @tparam string event
-- @tparam function listener
-- @raise ERR_INVALID_ARG_TYPE
function AbortSignal:removeEventListener(event, listener)
  check_signal(self, 'signal:removeEventListener("abort", listener)')
  if not is_callable(listener) then errors.throw("ERR_INVALID_ARG_TYPE", "listener", "EventListener", listener) end
  self:removeListener(event, listener)
end

local traceback = debug and debug.traceback or function(err) return err end

local function with_traceback(err)
  if type(err) ~= "string" then return err end
  return traceback(err, 2)
end

-- What listeners get.
local Event = {}
Event.__index = Event

--- Has nobody else called, but for those who have to hear of the end: see `net.events.addAbortListener`.
function Event:stopImmediatePropagation() self.stopped = true end

-- Calls those who listen now, unless they are removed before it is their turn.
local function dispatch(signal, event)
  if getmetatable(event) == nil then setmetatable(event, Event) end
  local watchers = rawget(signal, "_watchers")
  local entries = signal:rawListeners(event.type)
  local heard = event.type == "abort" and rawget(signal, "_heard")
  for i = 1, #entries do
    local entry = entries[i]
    local is_due = not heard or rawget(signal, "_heard") == heard and heard[given(entry)]
    if event.stopped and not (watchers and given(entry) == watchers.listener) then is_due = false end
    if is_due then
      local ok, err = xpcall(function() entry(event) end, with_traceback)
      if not ok then ticks.later(error, err, 0) end
    end
  end
end

--- JavaScript's `emit`.
-- @tparam table event with a field `type`
-- @treturn boolean true
-- @raise ERR_INVALID_ARG_TYPE
function AbortSignal:dispatchEvent(event)
  check_signal(self, "signal:dispatchEvent(event)")
  if type(event) ~= "table" or event.type == nil then errors.throw("ERR_INVALID_ARG_TYPE", "event", "Event", event) end
  event.target, event.currentTarget = self, self
  dispatch(self, event)
  return true
end

-- The function of `onabort` has its place among the listeners, from when there first is one.
local function set_onabort(signal, handler)
  local on = rawget(signal, "_on")
  if not is_callable(handler) then
    if on then
      rawset(signal, "_on", nil)
      signal:removeListener("abort", on.listener)
    end
  elseif on then
    on.handler = handler
  else
    on = { handler = handler }
    function on.listener(event) on.handler(event) end
    rawset(signal, "_on", on)
    signal:on("abort", on.listener)
  end
end

function AbortSignal.__instance.__newindex(self, key, value)
  if key == "onabort" then return set_onabort(self, value) end
  if key == "aborted" or key == "reason" then
    error(errors.TypeError(("Cannot set property %s of AbortSignal which has only a getter"):format(key)), 0)
  end
  rawset(self, key, value)
end

-- ---- aborting ----

local function new_reason(name, message, code) return errors(message, { name = name, code = code }) end

local function set_aborted(signal, reason)
  if reason == nil then reason = new_reason("AbortError", "This operation was aborted", 20) end
  rawset(signal, "_aborted", true)
  rawset(signal, "_reason", reason)
end

local function emit_abort(signal)
  if signal:listenerCount("abort") > 0 then
    dispatch(signal, { type = "abort", target = signal, currentTarget = signal, isTrusted = true })
  end
  update_links(signal)
end

-- First all are aborted, then each is told of.
local function abort_signal(signal, reason)
  if signal.aborted then return end
  set_aborted(signal, reason)
  local links, told = rawget(signal, "_dependents"), {}
  rawset(signal, "_dependents", nil)
  for i = 1, links and #links or 0 do
    local dependent = links[i].weak[1]
    if dependent and not dependent.aborted then
      set_aborted(dependent, signal.reason)
      told[#told + 1] = dependent
    end
  end
  emit_abort(signal)
  for i = 1, #told do
    emit_abort(told[i])
  end
end

--- A signal that has been aborted.
-- @param[opt] reason an `AbortError` if it is not given
-- @treturn AbortSignal
function AbortSignal.abort(reason)
  if reason == AbortSignal then errors._checkDot("net.AbortSignal.abort(reason)") end
  local signal = new_signal()
  set_aborted(signal, reason)
  return signal
end

local function on_timeout(link, left)
  if left > 0 then
    local now = math.min(left, LONGEST)
    timers.setTimeout(on_timeout, now, link, left - now):unref()
    return
  end
  local signal = link.weak[1]
  if signal then
    abort_signal(signal, new_reason("TimeoutError", "The operation was aborted due to timeout", 23))
  end
end

--- A signal that will be aborted after a time, with a `TimeoutError`. It does not keep `net.run` running.
-- @tparam integer delay ms
-- @treturn AbortSignal
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function AbortSignal.timeout(delay)
  if delay == AbortSignal then errors._checkDot("net.AbortSignal.timeout(ms)") end
  if type(delay) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "delay", "number", delay) end
  if delay % 1 ~= 0 then errors.throw("ERR_OUT_OF_RANGE", "delay", "an integer", delay) end
  if delay < 0 or delay > MOST then errors.throw("ERR_OUT_OF_RANGE", "delay", ">= 0 && <= 4294967295", delay) end
  local signal = new_signal()
  local now = math.min(delay, LONGEST)
  timers.setTimeout(on_timeout, now, new_link(signal), delay - now):unref()
  return signal
end

local function refuse_signals(message) error(errors.TypeError(message, { code = "ERR_INVALID_ARG_TYPE" }), 0) end

-- Those links that lead to nobody any more are dropped when there are twice as many as there were.
local function add_dependent(source, dependent)
  local links = rawget(source, "_dependents")
  if not links then
    links = { limit = 16 }
    rawset(source, "_dependents", links)
  end
  if #links >= links.limit then
    local alive = {}
    for i = 1, #links do
      if links[i].weak[1] then alive[#alive + 1] = links[i] end
    end
    alive.limit = math.max(16, 2 * #alive)
    links = alive
    rawset(source, "_dependents", links)
  end
  links[#links + 1] = new_link(dependent)
end

--- A signal that is aborted when the first of these is, with its reason.
-- @tparam {AbortSignal,...} signals
-- @treturn AbortSignal
-- @raise ERR_INVALID_ARG_TYPE
function AbortSignal.any(signals)
  if signals == AbortSignal then errors._checkDot("net.AbortSignal.any(signals)") end
  if type(signals) ~= "table" or is_signal(signals) or (#signals == 0 and next(signals) ~= nil) then
    refuse_signals("signals cannot be converted to sequence.")
  end
  for i = 1, #signals do
    if not is_signal(signals[i]) then refuse_signals(("signals[%d] is not of type AbortSignal."):format(i - 1)) end
  end
  local result = new_signal()
  for i = 1, #signals do
    if signals[i].aborted then
      set_aborted(result, signals[i].reason)
      return result
    end
  end
  local sources, seen = {}, {}
  local function add(source)
    if seen[source] then return end
    seen[source] = true
    sources[#sources + 1] = source
    add_dependent(source, result)
  end
  for i = 1, #signals do
    local its_sources = rawget(signals[i], "_sources")
    if its_sources then
      for j = 1, #its_sources do
        add(its_sources[j])
      end
    else
      add(signals[i])
    end
  end
  rawset(result, "_sources", sources)
  return result
end

--- What aborts a signal: `AbortController()`.
-- @type AbortController
local AbortController = class.new("AbortController")

function AbortController:initialize() self.signal = new_signal() end

--- Aborts the signal; once it is, nothing more happens.
-- @param[opt] reason becomes the signal's `reason`; an `AbortError` if it is not given
function AbortController:abort(reason)
  if not AbortController:isInstance(self) then errors.throw("ERR_INVALID_THIS", "controller:abort(reason)", self) end
  abort_signal(self.signal, reason)
end

-- What `tostring` shows.
function AbortController:_describe() return self.signal:_describe() end

return { AbortController = AbortController, AbortSignal = AbortSignal }
