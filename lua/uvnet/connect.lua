--- Connecting a socket: look up the host, try the addresses in turn.
--
-- Floor 6.

local args = require("uvnet.args")
local core = require("uvnet.core")
local dns = require("uvnet.dns")
local errors = require("uvnet.errors")
local idle = require("uvnet.idle")
local ticks = require("uvnet.ticks")
local timers = require("uvnet.timers")

local connect = {}

local ATTEMPT_TIMEOUT = 250 -- ms that an address has before the next one is tried, too

local ANY = { [4] = "0.0.0.0", [6] = "::" }

local function destroy(socket, err) socket:destroy(err) end

-- ---- one attempt ----

-- What stands behind "connect CODE address:port".
local function local_suffix(attempt)
  if attempt.localAddress and attempt.localPort then
    return (" - Local (%s:%s)"):format(attempt.localAddress, attempt.localPort)
  end
end

local function attempt_error(attempt, code, errno, suffix)
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

local function connect_one(socket, attempt)
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

--- An attempt has come to its end. Returns true if the socket is connected.
-- @local
function connect.finished(socket, code, errno)
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
-- @local
function connect.abandon(socket)
  local plan = rawget(socket, "_plan")
  if plan then timers.clearTimeout(plan.timer) end
  socket._plan, socket._attempt = nil, nil
end

-- ---- looking up ----

local function is_address(value, family)
  return type(value) == "string" and core.isIP(value) ~= 0 and (family == 4 or family == 6)
end

local function address_error(options, address, family)
  if type(address) ~= "string" or core.isIP(address) == 0 then
    return errors.coded("ERR_INVALID_IP_ADDRESS", address == nil and "undefined" or address)
  end
  local host = options.host == nil and "undefined" or options.host
  local err = errors.coded("ERR_INVALID_ADDRESS_FAMILY", family, host, options.port)
  err.host, err.port = options.host, options.port
  return err
end

-- Each address once, families alternating, the first one's first.
local function order(addresses)
  local first, groups, seen = nil, { [4] = {}, [6] = {} }, {}
  for _, one in ipairs(addresses) do
    if type(one) == "table" and is_address(one.address, one.family) then
      first = first or one.family
      if not seen[one.address] then
        seen[one.address] = true
        local group = groups[one.family]
        group[#group + 1] = one
      end
    end
  end
  local result = {}
  if first then
    local one, other = groups[first], groups[first == 4 and 6 or 4]
    for i = 1, math.max(#one, #other) do
      if one[i] then result[#result + 1] = one[i] end
      if other[i] then result[#result + 1] = other[i] end
    end
  end
  return result
end

local function try_all(socket, options, target, addresses)
  local attempts = order(addresses)
  if #attempts == 0 then
    local one = type(addresses[1]) == "table" and addresses[1] or {}
    ticks.nextTick(destroy, socket, address_error(options, one.address, one.family))
    return
  end
  idle.refresh(socket)
  if #attempts == 1 or target.localAddress then
    connect_one(socket, {
      address = attempts[1].address,
      family = attempts[1].family,
      port = target.port,
      localAddress = target.localAddress,
      localPort = target.localPort,
    })
    return
  end
  socket.autoSelectFamilyAttemptedAddresses = {}
  local plan = {
    addresses = attempts,
    at = 0,
    port = target.port,
    localPort = target.localPort,
    timeout = target.timeout,
    failures = {},
  }
  socket._plan = plan
  next_attempt(socket, plan)
end

-- A lookup answers with one address or with a list, whatever it was asked.
local function on_lookup(socket, options, target, wants_all, err, answer, family)
  local host = target.host
  local is_list = not err and type(answer) == "table"
  if wants_all and not rawget(socket, "connecting") then return end
  if not is_list then
    socket:emit("lookup", err, answer, family, host)
    if not rawget(socket, "connecting") then return end
    if err then
      ticks.nextTick(destroy, socket, err)
      return
    end
    answer = { { address = answer, family = family } }
  else
    for _, one in ipairs(answer) do
      local its_address, its_family
      if type(one) == "table" then
        its_address, its_family = one.address, one.family
      end
      socket:emit("lookup", nil, its_address, its_family, host)
      if not rawget(socket, "connecting") then return end
    end
    if not wants_all then answer = { answer[1] } end
  end
  try_all(socket, options, target, answer)
end

local FAMILIES = { IPv4 = 4, IPv6 = 6 }
local IS_WINDOWS = package.config:sub(1, 1) == "\\"

local function look_up(socket, options, target)
  local family = FAMILIES[options.family] or options.family
  local hints = options.hints or 0
  if not IS_WINDOWS and family ~= 4 and family ~= 6 and hints == 0 then hints = dns.ADDRCONFIG end
  local wants_all = family ~= 4
    and family ~= 6
    and not target.localAddress
    and options.autoSelectFamily ~= false
  socket._host = target.host
  local lookup = options.lookup or dns.lookup
  local request = { family = family, hints = hints, all = wants_all or nil }
  local connection = socket._connection -- an answer that comes after its end is not for the next one
  lookup(target.host, request, function(err, answer, its_family)
    if rawget(socket, "_connection") ~= connection then return end
    on_lookup(socket, options, target, wants_all, err, answer, its_family)
  end)
end

-- ---- the beginning ----

local function check_number(name, value, least)
  if type(value) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", value) end
  if least and not (value >= least) then
    errors.throw("ERR_OUT_OF_RANGE", name, (">= %d && <= 2147483647"):format(least), value)
  end
end

-- Checks everything that a caller can get wrong, and puts together where to go.
local function check(options)
  local local_address, local_port = options.localAddress, options.localPort
  if local_address and (type(local_address) ~= "string" or core.isIP(local_address) == 0) then
    errors.throw("ERR_INVALID_IP_ADDRESS", local_address)
  end
  if local_port then
    check_number("options.localPort", local_port)
    local_port = args.checkPort(local_port, "options.localPort")
  end
  local port = options.port
  if type(port) ~= "number" and type(port) ~= "string" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.port", { "number", "string" }, port)
  end
  port = args.checkPort(port, "Port")
  if options.autoSelectFamily ~= nil and type(options.autoSelectFamily) ~= "boolean" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.autoSelectFamily", "boolean", options.autoSelectFamily)
  end
  local timeout = options.autoSelectFamilyAttemptTimeout
  if timeout ~= nil then
    check_number("options.autoSelectFamilyAttemptTimeout", timeout, 1)
    timeout = math.max(10, timeout)
  end
  if options.lookup ~= nil and type(options.lookup) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.lookup", "function", options.lookup)
  end
  local host = options.host
  if host == nil or host == "" then host = "localhost" end
  if type(host) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", "hostname", "string", host) end
  return {
    host = host,
    port = port,
    localAddress = local_address or nil,
    localPort = local_port or nil,
    timeout = timeout or ATTEMPT_TIMEOUT,
  }
end

local function connect_literal(socket, attempt)
  if attempt.connection == rawget(socket, "_connection") and rawget(socket, "connecting") then
    connect_one(socket, attempt)
  end
end

--- Is this what leads to a pipe? An empty path is none, as in Node.
-- @local
function connect.is_path(path) return path ~= nil and path ~= "" and path ~= false end

--- What `connect` checks before it changes anything. Returns a function that begins, for a socket with a handle.
-- @local
function connect.prepare(options)
  if connect.is_path(options.path) then
    if type(options.path) ~= "string" then
      errors.throw("ERR_INVALID_ARG_TYPE", "options.path", "string", options.path)
    end
    return function(socket) connect_one(socket, { address = options.path }) end
  end
  local target = check(options)
  local family = core.isIP(target.host)
  if family == 0 then
    return function(socket) look_up(socket, options, target) end
  end
  return function(socket)
    local attempt = {
      address = target.host,
      family = family,
      port = target.port,
      localAddress = target.localAddress,
      localPort = target.localPort,
      connection = socket._connection,
    }
    ticks.later(connect_literal, socket, attempt)
  end
end

return connect
