--- What can be made of a Readable's chunks: `map`, `filter` and their like give another Readable, `toArray`, `reduce`
-- and theirs an answer.
--
-- Floor 4.

local Readable = require("uvnet.stream.readable")
local abort = require("uvnet.base.abort")
local answers = require("uvnet.events.answers")
local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local finished = require("uvnet.stream.finished")
local is_callable = require("uvnet.base.callable")
local kind = require("uvnet.stream.kind")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")
local values_of = require("uvnet.stream.make").values_of

local operators = {}

local function check_fn(fn, name)
  if not is_callable(fn) then errors.throw("ERR_INVALID_ARG_TYPE", name or "fn", "function", fn) end
end

local MOST = 9007199254740991

-- An option of Node's whose value is checked: how many calls may run at once, and how much waits for them. Here a call
-- is over when it returns.
local function check_integer(options, name, least)
  local value = options[name]
  if value == nil then return end
  local number = tonumber(value)
  name = "options." .. name
  if not number or number ~= number then errors.throw("ERR_OUT_OF_RANGE", name, "an integer", number or 0 / 0) end
  number = number < 0 and math.ceil(number) or math.floor(number)
  if number < least or number > MOST then
    errors.throw("ERR_OUT_OF_RANGE", name, (">= %d && <= %.0f"):format(least, MOST), number)
  end
end

local OPTIONS = strict.names("signal concurrency highWaterMark")

local function check_options(options)
  if options == nil then return nil end
  if type(options) ~= "table" then errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options) end
  strict.check(options, OPTIONS)
  abort.check(options.signal, "options.signal")
  check_integer(options, "concurrency", 1)
  check_integer(options, "highWaterMark", 0)
  return options.signal
end

local function to_count(number)
  number = number == true and 1 or tonumber(number)
  if not number or number ~= number then return 0 end
  if number < 0 then errors.throw("ERR_OUT_OF_RANGE", "number", ">= 0", number) end
  return number
end

local ABORT = "uvnet.abort"

-- What a function gets beside a chunk: a table with a `signal`, which is aborted when its answer is not wanted any
-- more. It is made for those who ask for it. And a function that aborts it.
local function beside(signal)
  local controller
  local given = setmetatable({}, {
    __index = function(self, name)
      if name ~= "signal" then return nil end
      local classes = require(ABORT)
      controller = classes.AbortController()
      local own = controller.signal
      if signal then own = classes.AbortSignal.any({ signal, own }) end
      rawset(self, "signal", own)
      return own
    end,
  })
  return given, function()
    if controller then controller:abort() end
  end
end

-- A Readable of what `step(chunk, push, given)` makes of the source's chunks, until it returns true; and a function
-- that ends it. Where `step` gives back a stream beside nil, that one's chunks come next.
local function derive(source, options, step)
  local signal = check_options(options)
  local given, cancel = beside(signal)
  local out, waiting, asked, over, running, ended, inner
  local pump

  local function push(value)
    if not out:push(value) then asked = false end
  end

  local function stop()
    over = true
    out:push(nil)
    source:destroy()
    cancel()
  end

  local function follow(stream)
    inner = stream
    stream:on("data", function(chunk)
      if over then return end
      push(chunk)
      if not asked then stream:pause() end
    end)
    finished(stream, { writable = false }, function(err)
      inner = nil
      if over then return end
      if err then
        over = true
        out:destroy(err)
      elseif ended then
        stop()
      else
        pump()
      end
    end)
  end

  function pump()
    if running then return end
    running, waiting = true, false
    while asked and not over and not inner do
      local chunk = source:read()
      if chunk == nil then
        waiting = true
        break
      end
      local ok, done, more = pcall(step, chunk, push, given)
      if not ok then
        over = true
        out:destroy(destruction.as_error(done))
      elseif done then
        stop()
      elseif more then
        follow(more)
      end
    end
    running = false
  end

  out = Readable({
    objectMode = true,
    highWaterMark = 1,
    signal = signal,
    read = function()
      asked = true
      if inner then inner:resume() else pump() end
    end,
    destroy = function(_, err, callback)
      over = true
      source:destroy()
      if inner then inner:destroy() end
      cancel()
      callback(err)
    end,
  })
  source:on("readable", function()
    if waiting then pump() end
  end)
  finished(source, { writable = false }, function(err)
    if over then return end
    ended = true
    if not err and inner then return end
    over = true
    if err then out:destroy(err) else out:push(nil) end
  end)
  return out, stop
end

--- Another Readable, of what a function makes of each chunk.
-- @tparam function fn gets a chunk and a table with a `signal`, which is aborted when the answer is not wanted any more
-- @tparam[opt] table options `signal`
-- @treturn Readable in object mode
-- @raise ERR_INVALID_ARG_TYPE
function operators:map(fn, options)
  check_fn(fn)
  return (derive(self, options, function(chunk, push, given)
    local value = fn(chunk, given)
    if value == nil then errors.throw("ERR_STREAM_NULL_VALUES") end
    push(value)
  end))
end

--- Another Readable, of those chunks for which a function returns true.
-- @tparam function fn gets a chunk and a table with a `signal`, which is aborted when the answer is not wanted any more
-- @tparam[opt] table options `signal`
-- @treturn Readable in object mode
-- @raise ERR_INVALID_ARG_TYPE
function operators:filter(fn, options)
  check_fn(fn)
  return (derive(self, options, function(chunk, push, given)
    if fn(chunk, given) then push(chunk) end
  end))
end

--- Another Readable, of all the values in the lists that a function makes of each chunk.
-- @tparam function fn gets a chunk and a table with a `signal`, returns a list, an iterator function, a coroutine or a
--   Readable
-- @tparam[opt] table options `signal`
-- @treturn Readable in object mode
-- @raise ERR_INVALID_ARG_TYPE
function operators:flatMap(fn, options)
  check_fn(fn)
  return (derive(self, options, function(chunk, push, given)
    local values = fn(chunk, given)
    if kind.is_readable_stream(values) then return nil, values end
    local next_value = values_of(values)
    if not next_value then errors.throw("ERR_INVALID_ARG_TYPE", "iterable", { "Iterable" }, values) end
    for value in next_value do
      push(value)
    end
  end))
end

--- Another Readable, of the first chunks. This one is destroyed when they are there.
-- @tparam integer count
-- @tparam[opt] table options `signal`
-- @treturn Readable in object mode
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function operators:take(count, options)
  local left = to_count(count)
  local out, stop = derive(self, options, function(chunk, push)
    left = left - 1
    push(chunk)
    return left < 1
  end)
  if left < 1 then stop() end
  return out
end

--- Another Readable, without the first chunks.
-- @tparam integer count
-- @tparam[opt] table options `signal`
-- @treturn Readable in object mode
-- @raise ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE
function operators:drop(count, options)
  local left = to_count(count)
  return (derive(self, options, function(chunk, push)
    if left >= 1 then
      left = left - 1
    else
      push(chunk)
    end
  end))
end

-- Goes through all chunks. `step(chunk, given)` returns true, and the answer, when that is all.
local function consume(source, options, callback, step, at_end)
  if is_callable(options) and callback == nil then
    options, callback = nil, options
  end
  local signal = check_options(options)
  local given, cancel = beside(signal)
  return answers.give(function(settle)
    local done = false
    local function answer(err, value)
      if done then return end
      done = true
      cancel()
      settle(err, value)
    end
    if signal and signal.aborted then
      source:destroy()
      return ticks.later(answer, abort.error(signal))
    end
    source:on("data", function(chunk)
      if done then return end
      local ok, all, value = pcall(step, chunk, given)
      if not ok then
        source:destroy()
        answer(destruction.as_error(all))
      elseif all then
        source:destroy()
        answer(nil, value)
      end
    end)
    finished(source, { writable = false, signal = signal }, function(err)
      if signal and signal.aborted then source:destroy() end
      if err then return answer(err) end
      local value, failure = at_end()
      answer(failure, value)
    end)
  end, callback)
end

local function nothing() end

--- Gathers all chunks.
-- @tparam[opt] table options `signal`
-- @tparam[opt] function callback gets an error, or nil and a list
-- @return without a callback, in a task, the list
-- @raise ERR_INVALID_ARG_TYPE
function operators:toArray(options, callback)
  local list = {}
  return consume(self, options, callback, function(chunk) list[#list + 1] = chunk end, function() return list end)
end

--- Calls a function with each chunk.
-- @tparam function fn
-- @tparam[opt] table options `signal`
-- @tparam[opt] function callback gets an error or nil, at the end
-- @raise ERR_INVALID_ARG_TYPE
function operators:forEach(fn, options, callback)
  check_fn(fn)
  return consume(self, options, callback, function(chunk, given) fn(chunk, given) end, nothing)
end

--- Calls a function with each chunk and what it returned before.
-- @tparam function fn gets what it returned before and a chunk
-- @param[opt] initial what it gets first; without it the first chunk is that, and fn is called from the second on
-- @tparam[opt] table options `signal`
-- @tparam[opt] function callback gets an error, or nil and what it returned last
-- @return without a callback, in a task, that
-- @raise ERR_INVALID_ARG_TYPE; ERR_MISSING_ARGS, or as the callback's error, for no chunk and no initial value
function operators:reduce(fn, initial, options, callback)
  check_fn(fn, "reducer")
  local value, begun = initial, initial ~= nil
  return consume(self, options, callback, function(chunk, given)
    if begun then
      value = fn(value, chunk, given)
    else
      value, begun = chunk, true
    end
  end, function()
    if begun then return value end
    local err = errors.coded("ERR_MISSING_ARGS", "reduce")
    err.message = "Reduce of an empty stream requires an initial value"
    return nil, err
  end)
end

--- Is there a chunk for which a function returns true?
-- @tparam function fn gets a chunk and a table with a `signal`, which is aborted when the answer is not wanted any more
-- @tparam[opt] table options `signal`
-- @tparam[opt] function callback gets an error, or nil and the answer
-- @return without a callback, in a task, the answer
-- @raise ERR_INVALID_ARG_TYPE
function operators:some(fn, options, callback)
  check_fn(fn)
  return consume(self, options, callback, function(chunk, given)
    if fn(chunk, given) then return true, true end
  end, function() return false end)
end

--- Does a function return true for each chunk?
-- @tparam function fn gets a chunk and a table with a `signal`, which is aborted when the answer is not wanted any more
-- @tparam[opt] table options `signal`
-- @tparam[opt] function callback gets an error, or nil and the answer
-- @return without a callback, in a task, the answer
-- @raise ERR_INVALID_ARG_TYPE
function operators:every(fn, options, callback)
  check_fn(fn)
  return consume(self, options, callback, function(chunk, given)
    if not fn(chunk, given) then return true, false end
  end, function() return true end)
end

--- The first chunk for which a function returns true.
-- @tparam function fn gets a chunk and a table with a `signal`, which is aborted when the answer is not wanted any more
-- @tparam[opt] table options `signal`
-- @tparam[opt] function callback gets an error, or nil and the chunk; nil if there is none
-- @return without a callback, in a task, the chunk
-- @raise ERR_INVALID_ARG_TYPE
function operators:find(fn, options, callback)
  check_fn(fn)
  return consume(self, options, callback, function(chunk, given)
    if fn(chunk, given) then return true, chunk end
  end, nothing)
end

return operators
