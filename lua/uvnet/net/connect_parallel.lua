--- Attempts that overlap: `autoSelectFamily = "parallel"`, RFC 8305, sections 5 and 8.
--
-- The addresses come with their families alternating. The first is tried; when it has not answered after the delay,
-- the second is tried beside it, and so on; when one fails, the next is tried at once. The first that stands wins, the
-- others are closed before anything was sent.
--
-- A plan has, besides what one of connect_attempts has: `running`, the attempts under way, each with its `handle`, in
-- the order of their start; one of them may be the socket's own, whose outcome is told to the socket. The handles of
-- the others are attached to their attempts.
--
-- Floor 6.

local attempts = require("uvnet.net.connect_attempts")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local timers = require("uvnet.timers")

local function is_under_way(socket, plan) return rawget(socket, "connecting") and rawget(socket, "_plan") == plan end

local function drop(plan, attempt)
  for i, one in ipairs(plan.running) do
    if one == attempt then
      table.remove(plan.running, i)
      return
    end
  end
end

-- A handle for one more attempt: the socket's own, if that is idle. Returns nil and an error where the system has none.
local function take_handle(socket, plan, attempt)
  if not plan.own then
    if plan.used then socket:_renewHandle() end
    plan.own, plan.used = attempt, true
    return socket._handle
  end
  local handle, code, errno = core.tcp()
  if not handle then return nil, errors.system("connect", code, errno) end
  handle:attach(attempt)
  if rawget(socket, "_unrefed") then handle:unref() end
  return handle
end

-- The attempt is over. If its handle was the socket's, that of another takes its place.
local function release(socket, plan, attempt)
  drop(plan, attempt)
  if plan.own ~= attempt then
    if attempt.handle then attempt.handle:close() end
    return
  end
  plan.own = nil
  local heir = plan.running[1]
  if heir then
    local old = socket._handle
    heir.handle:attach(socket)
    socket._handle, plan.own = heir.handle, heir
    old:close()
  end
end

local on_connected, start_next

local function go_on(socket, plan)
  if is_under_way(socket, plan) then start_next(socket, plan) end
end

local function time_out(socket, plan) attempts.step(socket, go_on, plan) end

local function fail(socket, plan, attempt, err)
  release(socket, plan, attempt)
  plan.failures[#plan.failures + 1] = err
  if not attempt.announced then return go_on(socket, plan) end
  attempts.emit_and(socket, go_on, plan, nil, "connectionAttemptFailed", attempt.address, attempt.port,
    attempt.family, err)
end

-- The attempt is announced, and nobody has had anything against it: begins to connect.
local function begin(socket, plan, attempt)
  if attempt.over or not is_under_way(socket, plan) then return end
  local err = attempts.start(attempt.handle, attempt)
  if err then fail(socket, plan, attempt, err) end
end

function start_next(socket, plan)
  timers.clearTimeout(plan.timer)
  plan.timer = nil
  local attempt = attempts.take(plan)
  if not attempt then
    if #plan.running == 0 then attempts.give_up(socket, plan) end
    return
  end
  attempt.socket, attempt.plan, attempt._onconnected = socket, plan, on_connected
  local err = attempts.blocked(socket, attempt)
  if err then
    attempt.announced = true
    return fail(socket, plan, attempt, err)
  end
  attempt.handle, err = take_handle(socket, plan, attempt)
  if attempt.handle then
    plan.running[#plan.running + 1] = attempt
    err = attempts.bind(attempt.handle, attempt)
  end
  if err then return fail(socket, plan, attempt, err) end
  attempt.announced = true
  local tried = socket.autoSelectFamilyAttemptedAddresses
  tried[#tried + 1] = attempt.address .. ":" .. attempt.port
  if plan.at < #plan.addresses then
    plan.timer = timers.setTimeout(time_out, plan.timeout, socket, plan)
    if rawget(socket, "_unrefed") then plan.timer:unref() end
  end
  attempts.emit_and(socket, function() begin(socket, plan, attempt) end, nil, nil, "connectionAttempt",
    attempt.address, attempt.port, attempt.family)
end

-- Ends all that is under way, but for the handle that is the socket's.
local function close(plan)
  local running = plan.running
  plan.running = {}
  for _, attempt in ipairs(running) do
    attempt.over = true
    if attempt ~= plan.own then attempt.handle:close() end
  end
end

-- What is written of the addresses that were tried ends with the one that stands.
local function note_winner(socket, attempt)
  local tried, name = socket.autoSelectFamilyAttemptedAddresses, attempt.address .. ":" .. attempt.port
  for i, one in ipairs(tried) do
    if one == name then
      table.remove(tried, i)
      break
    end
  end
  tried[#tried + 1] = name
end

local function win(socket, plan, attempt)
  timers.clearTimeout(plan.timer)
  drop(plan, attempt)
  attempt.over = true
  local old = socket._handle
  if plan.own ~= attempt then
    attempt.handle:attach(socket)
    socket._handle = attempt.handle
    old:close()
  end
  close(plan)
  socket._plan, socket._attempt = nil, nil
  note_winner(socket, attempt)
end

-- An attempt has come to its end. Returns true if the socket is connected.
local function finished(attempt, code, errno)
  local socket, plan = attempt.socket, attempt.plan
  if attempt.over or not is_under_way(socket, plan) then return false end
  if code then
    fail(socket, plan, attempt, attempts.error_of(attempt, code, errno))
    return false
  end
  win(socket, plan, attempt)
  return true
end

-- What the handle tells of an attempt that it is attached to.
function on_connected(attempt, code, errno)
  if finished(attempt, code, errno) then attempt.socket:_connected() end
end

-- The socket keeps `net.run` running from now on, or does not.
local function set_ref(plan, on)
  for _, attempt in ipairs(plan.running) do
    attempt.handle[on and "ref" or "unref"](attempt.handle)
  end
  if plan.timer then plan.timer[on and "ref" or "unref"](plan.timer) end
end

--- Tries addresses beside each other.
local function try_all(socket, plan)
  plan.at, plan.failures, plan.running = 0, {}, {}
  plan.close, plan.finished, plan.set_ref = close, finished, set_ref
  socket.autoSelectFamilyAttemptedAddresses = {}
  socket._plan = plan
  start_next(socket, plan)
end

return try_all
