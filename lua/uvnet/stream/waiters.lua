--- Who waits at a stream: in `_reader` who waits to read, in `_writer` who waits to write, a task or the main program.
--
-- This much of it is always there. The methods that wait are in methods.lua, and are loaded when the first is called.
--
-- Floor 3.

local ticks = require("uvnet.runtime.ticks")

local later = ticks.later

local waiters = {
  --- Ends a wait with a chunk or without. Set once there can be any.
  wake = nil,
  --- Has somebody waited who is woken, and is about to look at the stream? The same.
  is_woken_for = function() return false end,
  --- For sockets: may one wait at it while it has no tables? And what closes its fast paths for reading.
  is_lazy = function() return false end,
  close_fast_path = function() end,
  --- The same for the one to who waits. While it is open, the state's `handsOver` is set.
  open_task_path = function() end,
  close_task_path = function() end,
  --- Which stream an error came from that a wait has raised.
  origin = setmetatable({}, { __mode = "kv" }),
}

local function wake_reader(stream)
  local reader = rawget(stream, "_reader")
  if reader == nil then return end
  rawset(stream, "_reader", nil)
  waiters.wake(reader)
end

local function wake_writer(stream)
  local writer = rawget(stream, "_writer")
  if writer == nil then return end
  rawset(stream, "_writer", nil)
  waiters.wake(writer)
end

--- There is something new to whoever waits to read.
function waiters.tell_reader(stream)
  if rawget(stream, "_reader") ~= nil then later(wake_reader, stream) end
end

--- The same for who waits to write.
function waiters.tell_writer(stream)
  if rawget(stream, "_writer") ~= nil then later(wake_writer, stream) end
end

--- The stream has failed, or is closed.
function waiters.tell_both(stream)
  waiters.tell_reader(stream)
  waiters.tell_writer(stream)
end

--- Will somebody who waits be told of an error?
function waiters.are_there(stream)
  return rawget(stream, "_reader") ~= nil or rawget(stream, "_writer") ~= nil or waiters.is_woken_for(stream)
end

return waiters
