--- Streams made of what is none: of a list, an iterator, a coroutine, a function.
--
-- Floor 3.

local Duplex = require("uvnet.stream.duplex")
local Readable = require("uvnet.stream.readable")
local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local joined = require("uvnet.stream.joined")
local kind = require("uvnet.stream.kind")
local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")

local make = {}

local create, resume, status, yield = coroutine.create, coroutine.resume, coroutine.status, coroutine.yield
local close = coroutine.close or function() end -- luacheck: ignore 143

-- ---- what can be gone through ----

local function is_list(value)
  return type(value) == "table" and getmetatable(value) == nil and (#value > 0 or next(value) == nil)
end

-- From a coroutine: what it yields, until it ends.
local function of_coroutine(thread)
  return function()
    if status(thread) == "dead" then return nil end
    local ok, value = resume(thread)
    if not ok then error(value, 0) end
    if status(thread) == "dead" then return nil end
    if value == nil then errors.throw("ERR_STREAM_NULL_VALUES") end
    return value
  end, function() close(thread) end
end

local function of_list(list)
  local at = 0
  return function()
    at = at + 1
    return list[at]
  end
end

--- Goes through a list, an iterator, a coroutine.
-- @param value
-- @treturn ?function gives the next value, nil at the end; nil for what cannot be gone through
-- @treturn ?function ends it early
local function values_of(value)
  if type(value) == "thread" then return of_coroutine(value) end
  if is_callable(value) then
    local stop = type(value) == "table" and (value.close or value["return"])
    return value, stop and function() stop(value) end or nil
  end
  if is_list(value) then return of_list(value) end
end

make.values_of = values_of

local function with_defaults(options, defaults)
  if options ~= nil and type(options) ~= "table" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object", options)
  end
  for name, value in pairs(options or {}) do
    defaults[name] = value
  end
  return defaults
end

-- Has a stream read what comes from `next_value`.
local function read_values(stream, next_value, stop)
  local reading, ended = false, false
  function stream._read(self)
    if reading or ended then return end
    reading = true
    repeat
      local value = next_value()
      if value == nil then ended = true end
    until not self:push(value)
    reading = false
  end
  if stop then
    local destroy = stream._destroy
    function stream._destroy(self, err, callback)
      destroy(self, err, function(failure)
        local ok, raised = pcall(stop)
        callback(failure or err or not ok and destruction.as_error(raised) or nil)
      end)
    end
  end
  return stream
end

--- Makes a Readable of what can be gone through: a list, a function that returns the next value and nil at the end, or
-- a coroutine, which yields them. A string is one chunk.
-- @param iterable
-- @tparam[opt] table options of Readable; `objectMode` is true and `highWaterMark` 1 unless they are given
-- @treturn Readable
-- @raise ERR_INVALID_ARG_TYPE
function make.from(iterable, options)
  if type(iterable) == "string" then return make.from({ iterable }, with_defaults(options, { objectMode = true })) end
  local next_value, stop = values_of(iterable)
  if not next_value then errors.throw("ERR_INVALID_ARG_TYPE", "iterable", { "Iterable" }, iterable) end
  return read_values(Readable(with_defaults(options, { objectMode = true, highWaterMark = 1 })), next_value, stop)
end

-- ---- functions that make chunks of chunks ----

-- What the body yields when it wants input, and nobody else can.
local WANTS = {}

local function source_of_body() return yield(WANTS) end

-- Fields of `run`: `state`: "ready" to go on, "wanting" input, "pushing" a value, "full" until somebody reads,
-- "running", "over"; `chunk`, `written`: what was written and its callback; `ended`, `finished`: there is no more, and
-- whom to tell when the body is through; `wanted`, `made`: it has asked for a chunk, and made one; `starting`: it is
-- called for the first time, by `Duplex.from`, and `returned` what it has returned meanwhile.
local go_on

local function settle(run, err)
  local written, done = run.written, run.finished
  run.written, run.finished, run.chunk = nil, nil, nil
  if written then ticks.later(written, err) end
  if done then ticks.later(done, err) end
end

local function fail(duplex, run, err)
  settle(run, err)
  duplex:destroy(err)
end

-- A body that has made no chunk is where all ends: it has nothing to say but by what it was given to say it, and nobody
-- has to read for the end to come.
local function end_run(duplex, run, value)
  run.state = "over"
  if run.starting and not run.wanted and not run.made then
    run.returned = { value }
    return
  end
  local is_sink = not run.made and not run.on_value
  if is_sink and value ~= nil then
    return fail(duplex, run, errors.coded("ERR_INVALID_RETURN_VALUE", "nully", "body", value))
  end
  if run.on_value then run.on_value(value) end
  if run.on_value and value ~= nil then duplex:push(value) end
  settle(run)
  duplex:push(nil)
  if is_sink then
    rawset(duplex, "_isSink", true)
    duplex:read(0)
  end
end

local function resumed(duplex, run, ok, value)
  if run.state == "over" then return end
  if not ok then
    run.state = "over"
    local err = destruction.as_error(value)
    -- Before there is anybody who hears of it, it would only be a stream that cannot be used.
    if run.starting then return ticks.nextTick(fail, duplex, run, err) end
    fail(duplex, run, err)
  elseif status(run.thread) == "dead" then
    end_run(duplex, run, value)
  elseif value == WANTS then
    run.state, run.wanted = "wanting", true
    go_on(duplex, run)
  else
    if value == nil then
      return resumed(duplex, run, false, errors.coded("ERR_STREAM_NULL_VALUES"))
    end
    -- Whoever reads at once calls `_read` meanwhile.
    run.state, run.made = "pushing", true
    local more = duplex:push(value)
    if run.state ~= "pushing" then return end
    if more or run.asked then
      run.asked, run.state = nil, "ready"
      go_on(duplex, run)
    else
      run.state = "full"
    end
  end
end

function go_on(duplex, run)
  local input
  if run.state == "wanting" then
    if run.written then
      input = run.chunk
      ticks.later(run.written)
      run.chunk, run.written = nil, nil
    elseif not run.ended then
      return
    end
  elseif run.state ~= "ready" then
    return
  end
  run.state = "running"
  resumed(duplex, run, resume(run.thread, input))
end

--- Makes a Duplex of a function. It is called as a coroutine with a function that gives the next chunk that was
-- written, nil at the end; what it yields is what is read.
-- @tparam function body
-- @tparam[opt] function on_value gets what it returns
-- @treturn Duplex in object mode
-- @treturn table its `run`
function make.of_function(body, on_value)
  local run = { state = "ready", on_value = on_value }
  run.thread = create(function() return body(source_of_body) end)
  local duplex = Duplex({
    objectMode = true,
    writableHighWaterMark = 1,
    -- At the end of a pipeline there may be nobody who reads.
    readableHighWaterMark = on_value and state.getDefaultHighWaterMark(true) or 1,
    write = function(self, chunk, _, callback)
      if run.state == "over" then return callback() end -- it wants no more
      run.chunk, run.written = chunk, callback
      go_on(self, run)
    end,
    final = function(self, callback)
      if run.state == "over" then return callback() end
      run.ended, run.finished = true, callback
      go_on(self, run)
    end,
    read = function(self)
      if run.state == "pushing" then
        run.asked = true
      elseif run.state == "full" then
        run.state = "ready"
        go_on(self, run)
      end
    end,
    destroy = function(_, err, callback)
      run.state = "over"
      settle(run, err or errors.coded("ERR_STREAM_DESTROYED", "write"))
      if status(run.thread) == "suspended" then close(run.thread) end
      callback(err)
    end,
  })
  return duplex, run
end

-- ---- Duplex.from ----

-- A Duplex that is only read from.
local function of_values(next_value, stop)
  return read_values(Duplex({ objectMode = true, highWaterMark = 1, writable = false }), next_value, stop)
end

-- The function is called at once, as in Node, up to where it first waits: one that neither takes nor makes chunks is
-- none of those that are meant, unless it gives back what can be gone through.
local function of_body(body)
  local duplex, run = make.of_function(body)
  run.starting = true
  go_on(duplex, run)
  run.starting = nil
  if not run.returned then return duplex end
  local value = run.returned[1]
  if type(value) == "string" then value = { value } end
  local next_value, stop = values_of(value)
  if next_value then return of_values(next_value, stop) end
  return errors.throw("ERR_INVALID_RETURN_VALUE", "Iterable, AsyncIterable or AsyncFunction", "body", value)
end

local function half(value, is_source, name)
  if value == nil then return nil end
  local fits = is_source and kind.is_readable_stream(value) or not is_source and kind.is_writable_stream(value)
  if fits then return value end
  local made = is_source and values_of(value) and make.from(value) or not is_source and is_callable(value)
    and make.of_function(value)
  if not made then
    errors.throw("ERR_INVALID_ARG_TYPE", name, is_source and "Readable" or "Writable", value)
  end
  return made
end

--- Makes a Duplex of a stream (one that can do but one thing gets a side that is closed), of a pair `{ readable = …,
-- writable = … }`, of what `Readable.from` takes, except for functions, or of a function that makes chunks of chunks:
-- it is called as a coroutine with a function that gives the next chunk that was written, nil at the end; what it
-- yields is read.
-- @param value
-- @treturn Duplex
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE
function make.duplex_from(value)
  if Duplex:isInstance(value) then return value end
  if kind.is_stream(value) then
    local source = kind.is_readable_stream(value) and value or nil
    local dest = kind.is_writable_stream(value) and value or nil
    return joined.pair(source, dest)
  end
  if type(value) == "function" then return of_body(value) end
  if type(value) == "string" then value = { value } end
  local next_value, stop = values_of(value)
  if next_value then return of_values(next_value, stop) end
  if type(value) == "table" and (value.readable ~= nil or value.writable ~= nil) then
    return joined.pair(half(value.readable, true, "body.readable"), half(value.writable, false, "body.writable"))
  end
  return errors.throw(
    "ERR_INVALID_ARG_TYPE",
    "body",
    { "string", "Stream", "Iterable", "Function", "{ readable, writable } pair" },
    value
  )
end

--- What stands in a pipeline in the place of a stream, as a stream; nil if it cannot.
function make.for_pipeline(value, is_first, is_last, set_value)
  if is_first then return (type(value) == "string" or values_of(value)) and make.from(value) or nil end
  if type(value) == "function" then return make.of_function(value, is_last and set_value or nil) end
end

--- Makes a Duplex of several streams: what is written goes into the first, what comes out of the last is read.
-- @param ... streams, functions as of `Duplex.from`, and as the first what `Readable.from` takes
-- @treturn Duplex
-- @raise ERR_MISSING_ARGS, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
function make.compose(...)
  local streams = { ... }
  if #streams == 0 then errors.throw("ERR_MISSING_ARGS", "streams") end
  if #streams == 1 then return make.duplex_from(streams[1]) end
  for i, value in ipairs(streams) do
    if not kind.is_stream(value) then streams[i] = make.duplex_from(value) end
  end
  return joined.chain(streams)
end

return make
