--- Writing that waits: `writeAll`. And `finished`, which waits for the end.
--
-- Floor 3.

local errors = require("uvnet.errors")
local kind = require("uvnet.stream.kind")
local state = require("uvnet.stream.state")
local task = require("uvnet.runtime.task")
local waiters = require("uvnet.stream.waiters")

local enter, wait, raise = task.enter, task.wait, task.raise

local methods = {}

waiters.wake, waiters.is_woken_for = task.wake, task.is_woken_for

local function broken(self, ws)
  local err = kind.error_of(self)
  if not err then
    if ws.destroyed then
      err = errors.coded("ERR_STREAM_PREMATURE_CLOSE")
    else
      return
    end
  end
  waiters.origin[err] = self
  local own = rawget(self, "_ws") -- the shared ones are of streams that have not failed
  if own then own.raised = true end
  return raise(err)
end

local function unwait(me, self)
  if rawget(self, "_writer") == me then rawset(self, "_writer", nil) end
end

local function wait_for_room(self)
  local ws = state.peek_writable(self)
  while true do
    broken(self, ws)
    if not ws.needDrain or ws.ending then return end
    local me = enter()
    rawset(self, "_writer", me)
    wait(me, unwait, self)
    ws = state.peek_writable(self)
  end
end

--- Writes, and waits while the buffer is above its mark.
-- @function writeAll
-- @tparam string|{string,...} data bytes, or a list of strings
-- @tparam[opt="utf8"] string encoding
-- @raise what breaks the connection, or has broken it; ERR_STREAM_WRITE_AFTER_END; ERR_INVALID_STATE where one cannot
--   wait, or while another task writes; ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING
function methods.writeAll(self, data, encoding)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:writeAll(data)") end
  local writer = rawget(self, "_writer")
  if writer ~= nil and task.is_waiting(writer) then
    errors.throw("ERR_INVALID_STATE", "Another task writes to this stream: one can at a time")
  end
  if encoding ~= nil and type(encoding) ~= "string" then
    errors.throw("ERR_INVALID_ARG_TYPE", "encoding", "string", encoding)
  end
  local ok
  if encoding == nil then
    ok = self:write(data)
  else
    ok = self:write(data, encoding)
  end
  if ok then return end
  return wait_for_room(self)
end

local function unwait_close(_, wake)
  wake.emitter:removeListener("close", wake.on_close)
  wake.emitter:removeListener("error", wake.on_error)
end

local function ignore() end

--- Waits for `close`. What comes meanwhile and nobody reads is not dropped: with unread data there is no end.
-- @raise the error that the stream was closed with; ERR_INVALID_STATE where one cannot wait
function methods.finished(self)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:finished()") end
  rawset(self, "_pulled", nil)
  waiters.close_task_path(self)
  if not kind.is_closed(self) then
    local me = enter()
    if self._isReadable and self._rs.ended and not self._rs.endEmitted then self:read(0) end
    local wake = { emitter = self, on_error = ignore }
    function wake.on_close() task.wake_for(me, wake) end
    self:on("close", wake.on_close)
    self:on("error", wake.on_error)
    wait(me, unwait_close, wake)
    unwait_close(me, wake)
  end
  local err = kind.error_of(self)
  if err then raise(err) end
end

return { methods = methods }
