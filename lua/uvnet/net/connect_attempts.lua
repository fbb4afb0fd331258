--- The attempts of a connection: to one address, or to one after the other until one answers.
--
-- An attempt says where to: `address`, `port`, `family` (none for a path), and perhaps `localAddress` and `localPort`.
-- A plan says what is tried in turn: `addresses`, `port`, `localPort`, and the `timeout` that each has before the next.
-- One of another kind (connect_parallel) has functions of its own: `finished` and `close` for the end, `set_ref`.
--
-- Floor 6.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local ticks = require("uvnet.runtime.ticks")
local timers = require("uvnet.timers")

local attempts = {}

local ANY = { [4] = "0.0.0.0", [6] = "::" }

-- ---- steps ----

-- Behind a step that was not done to its end, for want of memory or by what a listener raised. If nothing of the
-- connection is under way any more, it would be connecting for ever.
local function look_after(socket, connection)
  if not connection.busy or rawget(socket, "_connection") ~= connection then return end
  connection.busy = false
  local step = connection.step
  if step and not step.done then return end -- it goes on there
  if rawget(socket, "connecting") then socket:destroy() end
end

--- Does a step of connecting, in a callback of the loop: `action(socket, ...)`. If that raises, and nothing is left to
-- go on, the socket is destroyed.
function attempts.step(socket, action, ...)
  local connection = rawget(socket, "_connection")
  if not connection then return action(socket, ...) end
  connection.busy = true
  ticks.later(look_after, socket, connection)
  action(socket, ...)
  connection.busy = false
end

-- ---- one attempt ----

-- What stands behind "connect CODE address:port".
local function local_suffix(attempt)
  if attempt.localAddress and attempt.localPort then
    return (" - Local (%s:%s)"):format(attempt.localAddress, attempt.localPort)
  end
end

-- What stands behind "connect ENOENT path", if the path looks like a host and a port.
local function hint(path)
  local host, port = path:match("^([A-Za-z0-9._-]+):([0-9]+)$")
  return host and (' (a path: for a host and a port, connect(%s, "%s"))'):format(port, host) or nil
end

local function attempt_error(attempt, code, errno, suffix)
  if code == "ENOENT" and not attempt.port then suffix = hint(attempt.address) end
  local err = errors.system("connect", code, errno, nil, attempt.address, attempt.port, suffix)
  if suffix then
    err.localAddress, err.localPort = attempt.localAddress, attempt.localPort
  end
  return err
end

-- A bind of a port that is taken is heard of late: see whether we have the port we asked for.
local function bind(handle, address, port)
  local ok, code, errno = handle:bind(address, port, false)
  if ok and port > 0 then
    local _, bound = handle:sockname()
    if bound ~= port then return nil, "EADDRINUSE", core.errno("EADDRINUSE") end
  end
  return ok, code, errno
end

--- The Error of an address that the socket's block list has; nil if it has none.
function attempts.blocked(socket, attempt)
  local list = attempt.family and socket.blockList
  if list and list:check(attempt.address, attempt.family == 4 and "ipv4" or "ipv6") then
    return errors.coded("ERR_IP_BLOCKED", attempt.address)
  end
end

local blocked = attempts.blocked

--- Binds an attempt's handle. Returns nil, or the error of what was refused.
function attempts.bind(handle, attempt)
  if not attempt.localAddress and not attempt.localPort then return nil end
  local address, port = attempt.localAddress or ANY[attempt.family], attempt.localPort or 0
  local ok, code, errno = bind(handle, address, port)
  if not ok then return errors.system("bind", code, errno, nil, address, port) end
end

--- Begins to connect. Returns nil, or the error of what was refused at once; for an abstract name also the outcome,
-- which is known at once.
-- @tparam handle handle attached to whom the outcome is told
function attempts.start(handle, attempt)
  local ok, code, errno
  local connect = attempt.family and handle.connect or not attempt.family and handle.connectPath
  if not connect then -- it is of the other kind: the socket connects elsewhere already
    code, errno = "EINVAL", core.errno("EINVAL")
  elseif attempt.family then
    ok, code, errno = connect(handle, attempt.address, attempt.port)
  else
    ok, code, errno = connect(handle, attempt.address)
    if ok == "done" then return nil, { handle = handle, code = code, errno = errno } end
  end
  if ok then return nil end
  local suffix = " - Local (undefined:undefined)"
  if attempt.family then
    local address, port
    if connect then address, port = handle:sockname() end
    if not address then port = nil end
    suffix = (" - Local (%s:%s)"):format(tostring(address or "undefined"), tostring(port or "undefined"))
  end
  return attempt_error(attempt, code, errno, suffix)
end

-- What was known at once is told as if it had taken its time.
local function settled(socket, outcome)
  if socket._handle == outcome.handle then socket:_onconnected(outcome.code, outcome.errno) end
end

-- Emits, and then does what is next, whatever a listener raises.
local function act(step)
  if step.done then return end
  step.done = true
  step.action(step.socket, step.plan, step.err)
end

local function act_late(_, step) act(step) end

local function run_step(step)
  if not step.done then attempts.step(step.socket, act_late, step) end
end

--- Emits an event of an attempt, and then acts; what a listener raises does not keep it from that.
function attempts.emit_and(socket, action, plan, err, ...)
  local step = { socket = socket, action = action, plan = plan, err = err, done = false }
  ticks.later(run_step, step)
  local connection = rawget(socket, "_connection")
  if connection then connection.step = step end
  socket:emit(...)
  act(step)
end

local emit_and = attempts.emit_and

-- The attempt is announced. Returns nil, or the error of what was refused at once.
local function start_announced(socket, attempt, handle)
  if not rawget(socket, "connecting") or socket._handle ~= handle then return nil end
  local err = blocked(socket, attempt)
  if err then return err end
  socket._attempt = attempt
  handle:attach(socket)
  local outcome
  err, outcome = attempts.start(handle, attempt)
  if outcome then ticks.later(settled, socket, outcome) end
  return err
end

-- Binds and begins to connect. What was refused at once is given to `done(socket, attempt, err, of_bind)`.
local function begin(socket, attempt, done)
  local handle = socket._handle
  local err = attempts.bind(handle, attempt)
  if err then return done(socket, attempt, err, true) end
  if socket:listenerCount("connectionAttempt") == 0 then
    socket:emit("connectionAttempt", attempt.address, attempt.port, attempt.family)
    return done(socket, attempt, start_announced(socket, attempt, handle))
  end
  emit_and(socket, function() done(socket, attempt, start_announced(socket, attempt, handle)) end, nil, nil,
    "connectionAttempt", attempt.address, attempt.port, attempt.family)
end

local function has_one(socket, _, err)
  if err then socket:destroy(err) end
end

--- Tries one address.
function attempts.one(socket, attempt) begin(socket, attempt, has_one) end

-- ---- one address after the other ----

local next_attempt

--- The Error of a connection whose addresses have all failed.
local function all_failed(failures)
  return errors.AggregateError("", { code = failures[1].code, errors = failures })
end

local function go_on(socket, plan)
  if rawget(socket, "connecting") and rawget(socket, "_plan") == plan then next_attempt(socket, plan) end
end

local function timed_out(socket, plan, attempt)
  local err = attempt_error(attempt, "ETIMEDOUT", core.errno("ETIMEDOUT"), local_suffix(attempt))
  plan.failures[#plan.failures + 1] = err
  emit_and(socket, go_on, plan, nil, "connectionAttemptTimeout", attempt.address, attempt.port, attempt.family)
end

local function failed(socket, plan, attempt, err)
  plan.failures[#plan.failures + 1] = err
  emit_and(socket, go_on, plan, nil, "connectionAttemptFailed", attempt.address, attempt.port, attempt.family, err)
end

local function time_out(socket, plan, attempt) attempts.step(socket, timed_out, plan, attempt) end

local function has_begun(socket, attempt, err, of_bind)
  local plan = rawget(socket, "_plan")
  if not plan then return end
  if err and of_bind then
    plan.failures[#plan.failures + 1] = err
    go_on(socket, plan)
  elseif err then
    failed(socket, plan, attempt, err)
  elseif plan.at < #plan.addresses and rawget(socket, "connecting") then
    plan.timer = timers.setTimeout(time_out, plan.timeout, socket, plan, attempt)
  end
end

--- The attempt at a plan's next address; nil if all have been tried.
function attempts.take(plan)
  local address = plan.addresses[plan.at + 1]
  if not address then return nil end
  plan.at = plan.at + 1
  return { address = address.address, family = address.family, port = plan.port, localPort = plan.localPort }
end

--- All addresses of the plan have failed.
function attempts.give_up(socket, plan)
  socket._plan = nil
  socket:destroy(all_failed(plan.failures))
end

function next_attempt(socket, plan)
  timers.clearTimeout(plan.timer)
  local attempt = attempts.take(plan)
  if not attempt then return attempts.give_up(socket, plan) end
  if plan.at > 1 then socket:_renewHandle() end
  local problem = blocked(socket, attempt)
  if problem then return failed(socket, plan, attempt, problem) end
  local tried = socket.autoSelectFamilyAttemptedAddresses
  tried[#tried + 1] = attempt.address .. ":" .. attempt.port
  begin(socket, attempt, has_begun)
end

--- Tries one address after the other.
function attempts.all(socket, plan)
  plan.at, plan.failures = 0, {}
  socket.autoSelectFamilyAttemptedAddresses = {}
  socket._plan = plan
  next_attempt(socket, plan)
end

local function give_up(socket, _, err) socket:destroy(err) end

--- The attempt of the socket's own handle has come to its end. Returns true if the socket is connected.
function attempts.finished(socket, code, errno)
  local plan, attempt = rawget(socket, "_plan"), socket._attempt
  if plan and plan.finished then return plan.finished(plan.own, code, errno) end
  if plan then timers.clearTimeout(plan.timer) end
  if not code then
    socket._plan, socket._attempt = nil, nil
    return true
  end
  local err = attempts.error_of(attempt, code, errno)
  if plan then
    failed(socket, plan, attempt, err)
    return false
  end
  socket._attempt = nil
  socket.connecting = nil
  emit_and(socket, give_up, nil, err, "connectionAttemptFailed", attempt.address, attempt.port, attempt.family, err)
  return false
end

--- The Error of an attempt that the peer or the network has ended.
function attempts.error_of(attempt, code, errno) return attempt_error(attempt, code, errno, local_suffix(attempt)) end

--- The socket is being destroyed: no more attempts.
function attempts.abandon(socket)
  local plan = rawget(socket, "_plan")
  if plan then
    timers.clearTimeout(plan.timer)
    if plan.close then plan.close(plan) end
  end
  socket._plan, socket._attempt = nil, nil
end

return attempts
