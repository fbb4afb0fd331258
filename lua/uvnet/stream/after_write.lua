--- What follows when chunks have been written: callbacks, `drain`, `prefinish`, `finish`.
--
-- Fields of `_ws` that belong here: `pendingcb` counts the writes (and steps of the end) whose callbacks are still to
-- come; nothing finishes before. `calls` is a queue of pairs, callback and how many times, from `callHead` to
-- `callTail`, one for each tick that is under way; the last may still grow while `callGrows`.
--
-- Users' callbacks and listeners run in the midst of all this, and any may raise. A tick is queued beforehand which
-- finds `calling` still set if so, and takes up what was left: `owed`, a chain of callbacks that have not had their
-- turn, `failing`, an error that is still to be reported, `finishing`, the end.
--
-- Floor 3.

local destruction = require("uvnet.stream.destroy")
local errors = require("uvnet.errors")
local state = require("uvnet.stream.state")
local ticks = require("uvnet.runtime.ticks")
local waiters = require("uvnet.stream.waiters")

local later = ticks.later
local error_or_destroy = destruction.error_or_destroy

local after = {}

local repair

local function guard(self, ws)
  local outer = ws.calling
  ws.calling = true
  if not ws.guarded then
    ws.guarded = true
    later(repair, self, ws)
  end
  return outer
end

local function need_finish(ws)
  return ws.ending
    and (ws.length or 0) == 0
    and not ws.destroyed
    and not ws.constructing
    and not ws.finished
    and not ws.writing
    and not ws.errored
    and not ws.errorEmitted
    and not ws.closeEmitted
    and not ws.buffered
end

-- The callbacks given to `finish`, each once, in order.
local function call_finished(ws, err)
  local list = ws.onFinished
  while list do
    local at = list.done + 1
    local callback = list[at]
    if not callback then
      if ws.onFinished == list then ws.onFinished = nil end
      return
    end
    list.done = at
    callback(err)
  end
end

local function destroy_if_both_over(self, ws)
  if ws.noAutoDestroy then return end
  local rs = state.peek_readable(self)
  if not self._isReadable or (not rs.noAutoDestroy and (rs.endEmitted or rs.readable == false)) then self:destroy() end
end

local function finish(self, ws)
  local outer = guard(self, ws)
  call_finished(ws, nil)
  if not ws.finishEmitted then
    ws.finishEmitted = true
    self:emit("finish")
  end
  ws.finishing = nil
  ws.calling = outer or false
  destroy_if_both_over(self, ws)
end

local function finish_now(self, ws)
  ws.pendingcb = ws.pendingcb - 1
  ws.finished = true
  ws.finishing = true
  finish(self, ws)
end

local function finish_if_still(self, ws)
  if need_finish(ws) then
    finish_now(self, ws)
  else
    ws.pendingcb = ws.pendingcb - 1
  end
end

--- `_final` has called back.
function after.on_final(self, ws, err)
  if ws.prefinished then
    error_or_destroy(self, err or errors.coded("ERR_MULTIPLE_CALLBACK"))
    return
  end
  ws.pendingcb = ws.pendingcb - 1
  if err then
    local outer = guard(self, ws)
    ws.failing = err
    call_finished(ws, err)
    ws.failing = nil
    ws.calling = outer or false
    error_or_destroy(self, err, ws.sync)
  elseif need_finish(ws) then
    local outer = guard(self, ws)
    ws.prefinished = true
    self:emit("prefinish")
    ws.calling = outer or false
    ws.pendingcb = ws.pendingcb + 1
    later(finish_now, self, ws)
  end
end

local on_final = after.on_final

local function prefinish(self, ws)
  if ws.prefinished or ws.finalCalled then return end
  ws.finalCalled = true
  if type(self._final) == "function" and not ws.destroyed then
    ws.sync = true
    ws.pendingcb = (ws.pendingcb or 0) + 1
    local ok, raised = pcall(self._final, self, function(err) on_final(self, ws, err) end)
    if not ok then
      if ticks.keepInterrupt(raised) then
        self:destroy() -- it will not finish any more
      else
        on_final(self, ws, destruction.as_error(raised))
      end
    end
    ws.sync = nil
  else
    local outer = guard(self, ws)
    ws.prefinished = true
    self:emit("prefinish")
    ws.calling = outer or false
  end
end

--- Finishes, if `finish` was called and nothing is left to do before.
-- @param self the stream
-- @tparam table ws
-- @tparam[opt] boolean in_call a user's call is on the stack: emit later
function after.finish_maybe(self, ws, in_call)
  if not need_finish(ws) then return end
  prefinish(self, ws)
  if (ws.pendingcb or 0) > 0 then return end
  if in_call then
    ws.pendingcb = 1
    later(finish_if_still, self, ws)
  elseif need_finish(ws) then
    ws.pendingcb = 1
    finish_now(self, ws)
  end
end

local finish_maybe = after.finish_maybe

--- Tells those who wait in the queue, or for the end, that it will not come.
function after.fail_waiting(self, ws)
  if ws.writing then return end
  local outer = guard(self, ws)
  while ws.buffered do
    local entry = ws.buffered[ws.bufferIndex]
    if not entry then break end
    ws.bufferIndex = ws.bufferIndex + 1
    ws.length = ws.length - entry.length
    if entry.callback then entry.callback(ws.errored or errors.coded("ERR_STREAM_DESTROYED", "write")) end
  end
  call_finished(ws, ws.errored or errors.coded("ERR_STREAM_DESTROYED", "end"))
  ws.buffered, ws.bufferIndex, ws.bufferLast = nil, nil, nil
  ws.calling = outer or false
end

local fail_waiting = after.fail_waiting

local function pay(ws, owed)
  while owed.count > 0 do
    owed.count = owed.count - 1
    ws.pendingcb = ws.pendingcb - owed.pending
    if owed.callback then owed.callback(owed.err) end
  end
end

local function owe(ws, callback, count, pending, err)
  local owed = { callback = callback, count = count, pending = pending, err = err, next = ws.owed }
  ws.owed = owed
  return owed
end

function repair(self, ws)
  ws.guarded = false
  if not ws.calling then return end
  ws.calling = nil
  local outer = guard(self, ws)
  while ws.owed do
    pay(ws, ws.owed)
    ws.owed = ws.owed.next
  end
  if ws.finishing then finish(self, ws) end
  if ws.destroyed or ws.errored then fail_waiting(self, ws) end
  local err = ws.failing
  ws.failing = nil
  ws.calling = outer or false
  if err then error_or_destroy(self, err) end
  if ws.ending then finish_maybe(self, ws, true) end
end

--- One callback that calls those of many entries, written together.
function after.callback_of_all(ws, entries)
  local done = 0
  local function call_all(err)
    local owed = owe(ws, call_all, 1, 0, err)
    while entries[done + 1] do
      done = done + 1
      if entries[done].callback then entries[done].callback(err) end
    end
    owed.count = 0
    if ws.owed == owed then ws.owed = owed.next end
  end
  return call_all
end

--- Writes have succeeded: emits `drain` if somebody waits for it, and calls their callbacks.
-- @param self the stream
-- @tparam table ws
-- @tparam integer count how many writes
-- @tparam ?function callback theirs
function after.after_write(self, ws, count, callback)
  ws.afterWritePending = false
  local drains = ws.needDrain and not ws.ending and not ws.destroyed and (ws.length or 0) == 0
  if drains or callback then
    local outer = guard(self, ws)
    if drains or count > 1 then
      local owed = owe(ws, callback, count, 1)
      if drains then
        ws.needDrain = nil
        waiters.tell_writer(self)
        self:emit("drain")
      end
      pay(ws, owed)
      ws.owed = owed.next
    else
      ws.pendingcb = ws.pendingcb - 1
      callback(nil)
    end
    ws.calling = outer or false
  else
    ws.pendingcb = ws.pendingcb - count
  end
  if ws.destroyed then fail_waiting(self, ws) end
  if ws.ending then finish_maybe(self, ws, true) end
end

local after_write = after.after_write

local function after_write_tick(self, ws) after_write(self, ws, 1, nil) end

local function call_tick(self, ws)
  ws.callGrows = false
  local calls, head = ws.calls, ws.callHead
  local callback, count = calls[head], calls[head + 1]
  calls[head], calls[head + 1] = false, false
  if head + 1 == ws.callTail then
    ws.callHead, ws.callTail = 1, 0
  else
    ws.callHead = head + 2
  end
  after_write(self, ws, count, callback)
end

--- A write has succeeded while its call is on the stack: what follows, follows in a tick. Writes with the same callback
-- share one.
function after.succeeded_in_call(self, ws, callback)
  local length = ws.length or 0
  if callback then
    local calls = ws.calls
    if not calls then
      calls = {}
      ws.calls, ws.callHead, ws.callTail = calls, 1, 0
    end
    local tail = ws.callTail
    if ws.callGrows and calls[tail - 1] == callback then
      calls[tail] = calls[tail] + 1
      return
    end
    calls[tail + 1], calls[tail + 2] = callback, 1
    ws.callTail = tail + 2
    ws.callGrows, ws.afterWritePending = true, true
    later(call_tick, self, ws)
  elseif not ws.afterWritePending and ((ws.needDrain and length == 0) or ws.objectMode) then
    ws.afterWritePending = true
    later(after_write_tick, self, ws)
  else
    ws.pendingcb = ws.pendingcb - 1
    if ws.ending then finish_maybe(self, ws, true) end
  end
end

--- A write has failed: its callback hears of it, then those who wait, then the stream ends.
function after.failed(self, ws, err, callback)
  ws.pendingcb = ws.pendingcb - 1
  local outer = guard(self, ws)
  ws.failing = err
  if callback then callback(err) end
  fail_waiting(self, ws)
  ws.failing = nil
  ws.calling = outer or false
  error_or_destroy(self, err)
end

return after
