--- The flow of data out of a Readable: `data` and `readable`, `pause` and `resume`.
--
-- Floor 3.

local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")

local later = ticks.later
local high_water = state.high_water

local flowing = {}

local emit_readable_now

--- Emits `readable` in the next tick.
function flowing.emit_readable(self, rs)
  rs.needReadable = nil
  if not rs.emittedReadable then
    rs.emittedReadable = true
    later(emit_readable_now, self)
  end
end

local function read_more(self)
  local rs = self._rs
  local mark = high_water(rs)
  while not rs.reading and not rs.ended do
    local length = rs.length or 0
    if not (length < mark or (rs.flowing and length == 0)) then break end
    self:read(0)
    if length == (rs.length or 0) then break end
  end
  rs.readingMore = nil
end

--- Calls _read again in the next tick, if there is room.
function flowing.maybe_read_more(self, rs)
  if not rs.readingMore and not rs.reading and not rs.constructing then
    rs.readingMore = true
    later(read_more, self)
  end
end

local maybe_read_more = flowing.maybe_read_more

local function flow(self, rs)
  while rs.flowing and rawget(self, "_reader") == nil and self:read() ~= nil do -- luacheck: ignore 542
  end
end

-- Listeners run in the midst of what follows. That one of them raises must not leave the stream standing: a tick is
-- queued beforehand which finds `emitting` still set if so, and takes up what was left. In Node it would be left so.
local guard

local function check(self, rs)
  rs.guarded = nil
  if not rs.emitting then return end
  rs.emitting = nil
  rs.emittedReadable = nil
  if rs.destroyed or rs.errored then return end
  if not rs.flowing and not rs.ended and (rs.length or 0) <= high_water(rs) then rs.needReadable = true end
  -- The next listener may raise as well.
  local outer = guard(self, rs)
  flow(self, rs)
  rs.emitting = outer
  if rs.flowing and not rs.reading then self:read(0) end
  maybe_read_more(self, rs)
end

--- Lets data flow, if it does; not past somebody who waits to read.
flowing.flow = flow

--- To be called before listeners are, with `rs.emitting` to be set to what it returns behind them.
function flowing.guard(self, rs)
  local outer = rs.emitting
  rs.emitting = true
  if not rs.guarded then
    rs.guarded = true
    later(check, self, rs)
  end
  return outer
end

guard = flowing.guard

--- Emits `readable` if there is something to read or the end has come, and lets data flow.
function flowing.emit_readable_now(self)
  local rs = self._rs
  local outer = guard(self, rs)
  if not rs.destroyed and not rs.errored and ((rs.length or 0) > 0 or rs.ended) then
    self:emit("readable")
    rs.emittedReadable = nil
  end
  if not rs.flowing and not rs.ended and (rs.length or 0) <= high_water(rs) then rs.needReadable = true end
  flow(self, rs)
  rs.emitting = outer
end

emit_readable_now = flowing.emit_readable_now

--- Has data flow, a tick after `resume` was called.
function flowing.resume_now(self)
  local rs = self._rs
  if not rs.reading then self:read(0) end
  rs.resumeScheduled = nil
  local outer = guard(self, rs)
  self:emit("resume")
  flow(self, rs)
  rs.emitting = outer
  if rs.flowing and not rs.reading then self:read(0) end
end

local resume_now = flowing.resume_now

--- Lets data flow. Does nothing while `readable` has listeners.
-- @return the stream
function flowing.resume(self)
  local rs = self._rs
  if rs.destroyed then return self end
  if not rs.flowing then
    rs.flowing = not rs.readableListening
    if not rs.resumeScheduled then
      rs.resumeScheduled = true
      later(resume_now, self)
    end
  end
  rs.paused = false
  return self
end

--- Stops the flow of data.
-- @return the stream
function flowing.pause(self)
  self:_flowChanged()
  local rs = self._rs
  if rs.destroyed then return self end
  if rs.flowing ~= false then
    rs.flowing = false
    self:emit("pause")
  end
  rs.paused = true
  return self
end

return flowing
