--- How streams end before their time: destroy, errors, `error` and `close`. And how they begin: `_construct`.
--
-- Each is a step on both sides of the stream at once. A user's callback may raise at any of them: what has to follow is
-- then queued already, and does nothing where it was done in due course.
--
-- Floor 3.

local EventEmitter = require("uvnet.events")
local errors = require("uvnet.errors")
local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")
local waiters = require("uvnet.stream.waiters")

local later = ticks.later

local destroy = {}

-- Both sides' states; nil for a side that the stream's class does not have.
local function sides(stream) return stream._isReadable and stream._rs, stream._isWritable and stream._ws end

-- Sets a field on both sides.
local function mark(stream, field, value)
  local rs, ws = sides(stream)
  if rs then rs[field] = value end
  if ws then ws[field] = value end
end

-- Does either side have the field set?
local function marked(stream, field)
  local rs, ws = stream._isReadable and rawget(stream, "_rs"), stream._isWritable and rawget(stream, "_ws")
  return rs and rs[field] or ws and ws[field]
end

local function blame(stream, err)
  if not err then return end
  local rs, ws = sides(stream)
  if ws and not ws.errored then ws.errored = err end
  if rs and not rs.errored then rs.errored = err end
end

--- What was raised, as an Error: a message alone is made one.
function destroy.as_error(raised)
  if type(raised) == "string" then return errors(raised) end
  return raised
end

local as_error = destroy.as_error

local function emit_close(stream)
  if marked(stream, "closeEmitted") then return end
  mark(stream, "closeEmitted", true)
  waiters.tell_both(stream)
  local rs, ws = sides(stream)
  if ws and not ws.noEmitClose or rs and not rs.noEmitClose then stream:emit("close") end
end

local function emit_error(stream, err)
  if marked(stream, "errorEmitted") then return end
  mark(stream, "errorEmitted", true)
  -- Who waits at the stream gets the error, or his write has raised it: then nobody need listen for it.
  local is_told = waiters.are_there(stream) or marked(stream, "raised")
  waiters.tell_both(stream)
  if is_told and stream:listenerCount("error") == 0 then
    stream:emit(EventEmitter.errorMonitor, err)
  else
    stream:emit("error", err)
  end
end

local function emit_error_and_close(stream, err)
  later(emit_close, stream)
  emit_error(stream, err)
  emit_close(stream)
end

-- Gives back what begins: all that takes memory is done before there is a way back no more.
local function prepare_destroy(stream, err, callback)
  local called, announced = false, false

  local function announce(reason)
    if announced then return end
    announced = true
    if reason then
      later(emit_error_and_close, stream, reason)
    else
      later(emit_close, stream)
    end
  end

  local function on_destroy(reason)
    if called then return end
    called = true
    blame(stream, reason)
    mark(stream, "closed", true)
    if type(callback) == "function" then
      later(announce, reason)
      callback(reason)
    end
    announce(reason)
  end

  return function()
    local ok, raised = pcall(stream._destroy, stream, err, on_destroy)
    if not ok then
      -- Behind `on_destroy` it is no failure of _destroy any more, and must not be lost.
      if ticks.keepInterrupt(raised) then
        on_destroy(err)
        return
      end
      if called then error(raised, 0) end
      on_destroy(as_error(raised))
    end
  end
end

--- Destroys the stream: no more data; `error` if there is a reason, and `close` follow.
-- @tparam[opt] Error err the reason
-- @tparam[opt] function callback called with the reason once `_destroy` is through
-- @return the stream
function destroy.destroy(stream, err, callback)
  if type(stream) ~= "table" then errors._checkSelf(stream, "stream:destroy()") end
  if marked(stream, "destroyed") then
    if type(callback) == "function" then callback() end
    return stream
  end
  mark(stream, "destroyed", false) -- makes the places, so that setting both sides cannot fail between them
  if marked(stream, "constructing") then
    local rs, ws = sides(stream);
    (ws or rs).destroyAfterConstruct = { err, callback }
    blame(stream, err)
    mark(stream, "destroyed", true)
  else
    local run_destroy = prepare_destroy(stream, err, callback)
    blame(stream, err)
    mark(stream, "destroyed", true)
    run_destroy()
  end
  return stream
end

--- Reports an error: destroys the stream, or merely emits `error` where the stream is not to be destroyed by itself.
-- @param stream
-- @tparam Error err
-- @tparam[opt] boolean in_call a user's call is on the stack: emit later
function destroy.error_or_destroy(stream, err, in_call)
  if marked(stream, "destroyed") then return end
  local rs, ws = sides(stream)
  if rs and not rs.noAutoDestroy or ws and not ws.noAutoDestroy then
    stream:destroy(err)
  elseif err then
    blame(stream, err)
    if in_call then
      later(emit_error, stream, err)
    else
      emit_error(stream, err)
    end
  end
end

local error_or_destroy = destroy.error_or_destroy

-- Two reasons in one, if there are two.
local function both_errors(inner, outer)
  if not inner or not outer or inner == outer then return inner or outer end
  return errors.AggregateError(outer.message, { code = outer.code, errors = { outer, inner } })
end

local function run_construct(stream, waited_for)
  local called = false

  local function on_construct(err)
    if called then
      error_or_destroy(stream, err or errors.coded("ERR_MULTIPLE_CALLBACK"))
      return
    end
    called = true
    if not waited_for then return err and error_or_destroy(stream, err, true) end
    mark(stream, "constructing", nil)
    local rs, ws = sides(stream)
    local waiting = (ws or rs).destroyAfterConstruct
    if waiting then
      prepare_destroy(stream, both_errors(err, waiting[1]), waiting[2])()
    elseif err then
      error_or_destroy(stream, err, true)
    else
      stream:_constructed()
    end
  end

  local ok, raised = pcall(stream._construct, stream, function(err) later(on_construct, err) end)
  if ok then return end
  if ticks.keepInterrupt(raised) then
    later(on_construct)
    stream:destroy() -- then
  else
    later(on_construct, as_error(raised))
  end
end

--- Has the stream's `_construct` run in the next tick, if it has one. Until it calls back nothing is read, written or
-- destroyed; then `_constructed` is called.
function destroy.construct(stream)
  if type(stream._construct) ~= "function" then return end
  mark(stream, "constructing", true)
  later(run_construct, stream, true)
end

--- The same of a stream that does not wait for it, as Node's sockets do not.
function destroy.construct_beside(stream)
  if type(stream._construct) == "function" then later(run_construct, stream) end
end

--- As if it had never been destroyed nor ended: it keeps its settings and its listeners, and holds no data.
function destroy.undestroy(stream)
  local rs, ws = sides(stream)
  if rs then
    local new = state.renewed(rs)
    if rs.readable == false then new.readable, new.ended, new.endEmitted = false, true, true end
    rawset(stream, "_rs", new)
  end
  if ws then
    local new = state.renewed(ws)
    if ws.writable == false then new.writable, new.ending, new.ended, new.finished = false, true, true, true end
    rawset(stream, "_ws", new)
  end
end

--- What a stream does to be destroyed that has nothing to give back.
function destroy.default(_, err, callback) callback(err) end

return destroy
