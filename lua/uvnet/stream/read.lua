--- What comes out of a Readable: by itself, as `data` and `readable`, or when somebody asks, by `read`. And the end,
-- which is reached by reading.
--
-- Floor 3.

local buffer = require("uvnet.stream.buffer")
local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local forget_drains = require("uvnet.stream.pipe").forget_drains
local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")
local to_number = require("uvnet.base.plain").toNumber

local later = ticks.later
local high_water, peek_writable = state.high_water, state.peek_writable

local MAX_HIGH_WATER = 2 ^ 30

local reading = {}

-- ---- the flow: `data` and `readable`, `pause` and `resume` ----

local emit_readable_now

--- Emits `readable` in the next tick.
function reading.emit_readable(self, rs)
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
function reading.maybe_read_more(self, rs)
  if not rs.readingMore and not rs.reading and not rs.constructing then
    rs.readingMore = true
    later(read_more, self)
  end
end

local emit_readable, maybe_read_more = reading.emit_readable, reading.maybe_read_more

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
reading.flow = flow

--- To be called before listeners are, with `rs.emitting` to be set to what it returns behind them.
function reading.guard(self, rs)
  local outer = rs.emitting
  rs.emitting = true
  if not rs.guarded then
    rs.guarded = true
    later(check, self, rs)
  end
  return outer
end

guard = reading.guard

--- Emits `readable` if there is something to read or the end has come, and lets data flow.
function reading.emit_readable_now(self)
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

emit_readable_now = reading.emit_readable_now

--- Has data flow, a tick after `resume` was called.
function reading.resume_now(self)
  local rs = self._rs
  if not rs.reading then self:read(0) end
  rs.resumeScheduled = nil
  local outer = guard(self, rs)
  self:emit("resume")
  flow(self, rs)
  rs.emitting = outer
  if rs.flowing and not rs.reading then self:read(0) end
end

local resume_now = reading.resume_now

--- Lets data flow. Does nothing while `readable` has listeners.
-- @return the stream
function reading.resume(self)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:resume()") end
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
function reading.pause(self)
  if type(self) ~= "table" then errors._checkSelf(self, "stream:pause()") end
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

-- ---- the end ----

-- The end has been read, or there is nothing before it: what follows `end`.
local function after_end(self, rs)
  if rs.afterEnd then return end
  rs.afterEnd = true
  if self.allowHalfOpen == false and self.writable then
    later(self._finishAfterEnd, self)
  elseif not rs.noAutoDestroy then
    local ws = peek_writable(self)
    if not self._isWritable or (not ws.noAutoDestroy and (ws.finished or ws.writable == false)) then
      self:destroy()
    end
  end
end

function reading.end_now(self, rs)
  rs.endScheduled = nil
  if rs.errored or rs.closeEmitted or rs.endEmitted or (rs.length or 0) > 0 then return end
  rs.endEmitted = true
  -- A listener that raises must not keep the stream from closing.
  later(after_end, self, rs)
  self:emit("end")
  after_end(self, rs)
end

local end_now = reading.end_now

local function end_readable(self, rs)
  if not rs.endEmitted and not rs.endScheduled then
    rs.ended, rs.endScheduled = true, true
    later(end_now, self, rs)
  end
end

-- ---- read ----

-- How much a read of n gives, where n is nil for "what there is".
local function readable_amount(rs, n)
  local length = rs.length or 0
  if n and n <= 0 or (length == 0 and rs.ended) then return 0 end
  if rs.objectMode then return 1 end
  if not n then
    -- One chunk as it came; decoded text is what has been put together already, and is not cut again.
    if length > 0 and (rs.flowing or not rs.decoder) then return buffer.first_length(rs) end
    return length
  end
  if n <= length then return n end
  return rs.ended and length or 0
end

local function raise_high_water(rs, n)
  if n > MAX_HIGH_WATER then errors.throw("ERR_OUT_OF_RANGE", "size", "<= 1GiB", n) end
  local mark = 1
  while mark < n do
    mark = mark * 2
  end
  rs.highWaterMark = mark
end

local function whole_number(n)
  if n == nil then return nil end
  n = to_number(n)
  if not n or n ~= n then return nil end
  return n < 0 and math.ceil(n) or math.floor(n)
end

local function read_again(self, rs)
  if not rs.reading and not rs.ended and not rs.destroyed then self:read(0) end
end

-- Gets the stream's maker to push, unless he is at it, or there is no point.
function reading.call_read(self, rs)
  rs.reading, rs.sync = true, true
  if (rs.length or 0) == 0 then rs.needReadable = true end
  local ok, raised = pcall(self._read, self, high_water(rs))
  if ok then
    if rs.interrupted then rs.interrupted = nil end
  elseif not ticks.keepInterrupt(raised) then
    destruction.error_or_destroy(self, destruction.as_error(raised))
  else
    -- It is asked again: at once, but not for ever.
    rs.reading = nil
    if not rs.interrupted then later(read_again, self, rs) end
    rs.interrupted = true
  end
  rs.sync = false
end

local call_read = reading.call_read

local function take(rs, n)
  if n == 0 or (rs.length or 0) == 0 then return nil end
  local chunk
  if rs.objectMode then
    chunk = buffer.shift(rs)
  elseif n >= rs.length then
    chunk = buffer.take_all(rs)
  else
    chunk = buffer.take(rs, n)
  end
  rs.length = rs.length - n
  return chunk
end

--- Takes out data that is there.
-- @tparam[opt] integer n how many bytes: exactly that many or, at the end, the rest. Without it, the first chunk that
--   is there, so that a loop has it all. 0 reads nothing, but gets the stream going
-- @return a string, in object mode an object; nil if there is less
-- @raise ERR_OUT_OF_RANGE
function reading.read(self, n)
  local rs = self._rs
  if n ~= nil then n = whole_number(n) end
  local asked = n
  if n and n > high_water(rs) then raise_high_water(rs, n) end
  if n ~= 0 then
    rs.emittedReadable, rs.eofUnannounced = nil, nil
  end

  if n == 0 and rs.needReadable then
    local length, mark = rs.length or 0, high_water(rs)
    if (length > 0 and length >= mark) or rs.ended then
      if length == 0 and rs.ended then
        end_readable(self, rs)
      else
        emit_readable(self, rs)
      end
      return nil
    end
  end

  n = readable_amount(rs, n)
  if n == 0 and rs.ended then
    if (rs.length or 0) == 0 then end_readable(self, rs) end
    return nil
  end

  -- _read may push at once: what there is to return is known behind it.
  local length = rs.length or 0
  if
    (rs.needReadable or length == 0 or length - n < high_water(rs))
    and not rs.reading
    and not rs.ended
    and not rs.destroyed
    and not rs.errored
    and not rs.constructing
  then
    call_read(self, rs)
    if not rs.reading then n = readable_amount(rs, asked) end
  end

  local chunk = take(rs, n)
  if chunk == nil then
    if (rs.length or 0) <= high_water(rs) then rs.needReadable = true end
    n = 0
  else
    forget_drains(rs)
  end
  if (rs.length or 0) == 0 then
    if not rs.ended then rs.needReadable = true end
    if asked ~= n and rs.ended then end_readable(self, rs) end
  end
  if chunk ~= nil and not rs.errorEmitted and not rs.closeEmitted then
    rs.dataEmitted = true
    self:emit("data", chunk)
  end
  return chunk
end

return reading
