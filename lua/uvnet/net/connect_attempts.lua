--- The attempts of a connection: to one address, or to one after the other until one answers.
--
-- An attempt says where to: `address`, `port`, `family` (none for a path), and perhaps `localAddress` and `localPort`.
-- A plan says what is tried in turn: `addresses`, `port`, `localPort`, and the `timeout` that each has before the next.
--
-- Floor 6.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local timers = require("uvnet.timers")

local attempts = {}

local ANY = { [4] = "0.0.0.0", [6] = "::" }

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

-- Binds and begins to connect. Returns nil, or the error of what was refused at once.
local function begin(socket, attempt)
  local handle = socket._handle
  if attempt.localAddress or attempt.localPort then
    local address, port = attempt.localAddress or ANY[attempt.family], attempt.localPort or 0
    local ok, code, errno = bind(handle, address, port)
    if not ok then return errors.system("bind", code, errno, nil, address, port), true end
  end
  socket:emit("connectionAttempt", attempt.address, attempt.port, attempt.family)
  if not rawget(socket, "connecting") or socket._handle ~= handle then return nil end
  socket._attempt = attempt
  handle:attach(socket)
  local ok, code, errno
  if attempt.family then
    ok, code, errno = handle:connect(attempt.address, attempt.port)
  else
    ok, code, errno = handle:connectPath(attempt.address)
  end
  if not ok then
    local address, port = socket.localAddress, socket.localPort
    local suffix = (" - Local (%s:%s)"):format(tostring(address or "undefined"), tostring(port or "undefined"))
    return attempt_error(attempt, code, errno, attempt.family and suffix or " - Local (undefined:undefined)")
  end
end

--- Tries one address.
function attempts.one(socket, attempt)
  local err = begin(socket, attempt)
  if err then socket:destroy(err) end
end

-- ---- one address after the other ----

local next_attempt

local function all_failed(failures)
  return errors.AggregateError("", { code = failures[1].code, errors = failures })
end

local function timed_out(socket, plan, attempt)
  socket:emit("connectionAttemptTimeout", attempt.address, attempt.port, attempt.family)
  local err = attempt_error(attempt, "ETIMEDOUT", core.errno("ETIMEDOUT"), local_suffix(attempt))
  plan.failures[#plan.failures + 1] = err
  if rawget(socket, "connecting") then next_attempt(socket, plan) end
end

function next_attempt(socket, plan)
  timers.clearTimeout(plan.timer)
  local address = plan.addresses[plan.at + 1]
  if not address then
    socket._plan = nil
    socket:destroy(all_failed(plan.failures))
    return
  end
  plan.at = plan.at + 1
  if plan.at > 1 then socket:_renewHandle() end
  local attempt = {
    address = address.address,
    family = address.family,
    port = plan.port,
    localPort = plan.localPort,
  }
  local tried = socket.autoSelectFamilyAttemptedAddresses
  tried[#tried + 1] = attempt.address .. ":" .. attempt.port
  local err, of_bind = begin(socket, attempt)
  if err then
    plan.failures[#plan.failures + 1] = err
    if not of_bind then
      socket:emit("connectionAttemptFailed", attempt.address, attempt.port, attempt.family, err)
    end
    if rawget(socket, "connecting") then next_attempt(socket, plan) end
  elseif plan.at < #plan.addresses and rawget(socket, "connecting") then
    plan.timer = timers.setTimeout(timed_out, plan.timeout, socket, plan, attempt)
  end
end

--- Tries one address after the other.
function attempts.all(socket, plan)
  plan.at, plan.failures = 0, {}
  socket.autoSelectFamilyAttemptedAddresses = {}
  socket._plan = plan
  next_attempt(socket, plan)
end

--- An attempt has come to its end. Returns true if the socket is connected.
function attempts.finished(socket, code, errno)
  local plan, attempt = rawget(socket, "_plan"), socket._attempt
  if plan then timers.clearTimeout(plan.timer) end
  if not code then
    socket._plan, socket._attempt = nil, nil
    return true
  end
  local err = attempt_error(attempt, code, errno, local_suffix(attempt))
  if plan then
    plan.failures[#plan.failures + 1] = err
  else
    socket._attempt = nil
    socket.connecting = nil
  end
  socket:emit("connectionAttemptFailed", attempt.address, attempt.port, attempt.family, err)
  if not plan then
    socket:destroy(err)
  elseif rawget(socket, "connecting") then
    next_attempt(socket, plan)
  end
  return false
end

--- The socket is being destroyed: no more attempts.
function attempts.abandon(socket)
  local plan = rawget(socket, "_plan")
  if plan then timers.clearTimeout(plan.timer) end
  socket._plan, socket._attempt = nil, nil
end

return attempts
