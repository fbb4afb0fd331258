--- What `connect` is asked for, checked, and the way to begin.
--
-- Floor 7.

local abort = require("uvnet.base.abort")
local args = require("uvnet.net.args")
local attempts = require("uvnet.net.connect_attempts")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local look_up = require("uvnet.net.look_up")
local selection = require("uvnet.net.family_selection")
local ticks = require("uvnet.runtime.ticks")

local connect = {}

local function check_number(name, value)
  if type(value) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", name, "number", value) end
end

local function check_delay(name, value)
  check_number(name, value)
  if not (value >= 0 and value <= 2147483647) then
    errors.throw("ERR_OUT_OF_RANGE", name, ">= 0 && <= 2147483647", value)
  end
end

-- Checks everything that a caller can get wrong, and puts together where to go.
local function check(options)
  local host = options.host
  if not host or host == "" or host == 0 then host = "localhost" end
  if type(host) ~= "string" then errors.throw("ERR_INVALID_ARG_TYPE", "options.host", "string", host) end
  args.checkNoNul("options.host", host)
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
  local choice = options.autoSelectFamily
  if choice == nil then
    choice = selection.getDefaultAutoSelectFamily()
  else
    selection.check("options.autoSelectFamily", choice)
  end
  local timeout = options.autoSelectFamilyAttemptTimeout
  if timeout ~= nil then
    timeout = selection.check_timeout("options.autoSelectFamilyAttemptTimeout", timeout)
  elseif choice == "parallel" then
    timeout = selection.PARALLEL_DELAY
  else
    timeout = selection.getDefaultAutoSelectFamilyAttemptTimeout()
  end
  if options.lookup ~= nil and type(options.lookup) ~= "function" then
    errors.throw("ERR_INVALID_ARG_TYPE", "options.lookup", "function", options.lookup)
  end
  return {
    host = host,
    port = port,
    localAddress = local_address or nil,
    localPort = local_port or nil,
    choice = choice,
    timeout = timeout,
  }
end

local function connect_literal(socket, attempt)
  if attempt.connection == rawget(socket, "_connection") and rawget(socket, "connecting") then
    attempts.step(socket, attempts.one, attempt)
  end
end

--- Is this what leads to a pipe? An empty path is none, as in Node.
-- @local
function connect.is_path(path) return path ~= nil and path ~= "" and path ~= false end

--- What `connect` checks before it changes anything. Returns a function that begins, for a socket with a handle.
-- @local
-- @param options
-- @param bound the socket's handle, if that is bound: it says from where, and of which kind
function connect.prepare(options, bound)
  abort.check(options.signal, "options.signal")
  if options.connectTimeout ~= nil then check_delay("options.connectTimeout", options.connectTimeout) end
  local to_path = connect.is_path(options.path)
  if bound then to_path = not bound:isTcp() end
  if to_path then
    if type(options.path) ~= "string" then
      errors.throw("ERR_INVALID_ARG_TYPE", "options.path", "string", options.path)
    end
    return function(socket) attempts.one(socket, { address = options.path }) end
  end
  local target = check(options)
  if bound then
    if options.localAddress ~= nil or options.localPort ~= nil then
      errors.throw("ERR_INVALID_ARG_VALUE", "options", options,
        "localAddress and localPort cannot be used with an adopted bound socket")
    end
    target.choice = false
  end
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
    if bound then
      attempts.one(socket, attempt) -- its own address is known at once
    else
      ticks.later(connect_literal, socket, attempt)
    end
  end
end

return connect
