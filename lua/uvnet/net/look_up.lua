--- From a host's name to its addresses, and on to the attempts.
--
-- Floor 6.

local require = require -- a host may take it away after us

local attempts = require("uvnet.net.connect_attempts")
local core = require("uvnet.core")
local dns = require("uvnet.dns")
local errors = require("uvnet.errors")
local idle = require("uvnet.runtime.idle")
local ticks = require("uvnet.runtime.ticks")

local PARALLEL = "uvnet.net.connect_parallel" -- loaded when it is first asked for

local function destroy(socket, err) socket:destroy(err) end

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
  local ordered = order(addresses)
  if #ordered == 0 then
    local one = type(addresses[1]) == "table" and addresses[1] or {}
    ticks.nextTick(destroy, socket, address_error(options, one.address, one.family))
    return
  end
  idle.refresh(socket)
  if #ordered == 1 or target.localAddress then
    attempts.one(socket, {
      address = ordered[1].address,
      family = ordered[1].family,
      port = target.port,
      localAddress = target.localAddress,
      localPort = target.localPort,
    })
    return
  end
  local try = target.choice == "parallel" and require(PARALLEL) or attempts.all
  try(socket, {
    addresses = ordered,
    port = target.port,
    localPort = target.localPort,
    timeout = target.timeout,
  })
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
local IS_WINDOWS = package and package.config:sub(1, 1) == "\\"

--- Looks the target's host up, and tries what comes.
local function look_up(socket, options, target)
  local family = FAMILIES[options.family] or options.family
  local hints = options.hints or 0
  if not IS_WINDOWS and family ~= 4 and family ~= 6 and hints == 0 then hints = dns.ADDRCONFIG end
  local wants_all = family ~= 4
    and family ~= 6
    and not target.localAddress
    and target.choice ~= false
  socket._host = target.host
  local lookup = options.lookup or dns.lookup
  local request = { family = family, hints = hints, all = wants_all or nil }
  local connection = socket._connection -- an answer that comes after its end is not for the next one
  lookup(target.host, request, function(err, answer, its_family)
    if rawget(socket, "_connection") ~= connection then return end
    attempts.step(socket, on_lookup, options, target, wants_all, err, answer, its_family)
  end)
end

return look_up
