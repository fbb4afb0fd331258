--- Looking up host names: `lookup`, by the system's `getaddrinfo`, in a thread.
--
-- Floor 3.

local abort = require("uvnet.base.abort")
local args = require("uvnet.net.args")
local core = require("uvnet.core")
local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local strict = require("uvnet.base.strict")
local ticks = require("uvnet.runtime.ticks")

local dns = {
  --- Only families that a local interface has (`hints`).
  ADDRCONFIG = core.AI_ADDRCONFIG,
  --- IPv4 addresses mapped into IPv6 where there is no IPv6 address (`hints`).
  V4MAPPED = core.AI_V4MAPPED,
  --- With `V4MAPPED`: both (`hints`).
  ALL = core.AI_ALL,
}

local FAMILIES = { [0] = 0, [4] = 4, [6] = 6, IPv4 = 4, IPv6 = 6 }

local check_callback = errors._checkCallback

local OPTIONS = strict.names("family hints all signal order verbatim")

local function to_family(name, family)
  if family == nil then return 0 end
  local number = FAMILIES[family]
  if not number then
    local kind = name:find(".", 1, true) and "property" or "argument"
    local message = ("The %s '%s' must be one of: 0, 4, 6. Received %s"):format(kind, name, errors.inspect(family))
    error(errors.TypeError(message, { code = "ERR_INVALID_ARG_VALUE" }), 0)
  end
  return number
end

local KNOWN_HINTS = { core.AI_ADDRCONFIG, core.AI_V4MAPPED, core.AI_ALL }

-- Are these flags a sum of known ones? Without bit operators, for Lua 5.1.
local function known_hints(hints)
  table.sort(KNOWN_HINTS, function(a, b) return a > b end)
  for _, flag in ipairs(KNOWN_HINTS) do
    if hints >= flag then hints = hints - flag end
  end
  return hints == 0
end

local function to_hints(hints)
  if hints == nil then return 0 end
  if type(hints) ~= "number" then errors.throw("ERR_INVALID_ARG_TYPE", "options.hints", "number", hints) end
  if hints % 1 ~= 0 or not known_hints(hints) then errors.throw("ERR_INVALID_ARG_VALUE", "hints", hints) end
  return hints
end

local NOT_FOUND = { EAI_NODATA = true, EAI_NONAME = true }

local function lookup_error(code, errno, hostname)
  if NOT_FOUND[code] then code = "ENOTFOUND" end
  local err = errors.system("getaddrinfo", code, errno, nil, hostname)
  err.address = nil
  err.hostname = hostname
  return err
end

local function to_objects(flat)
  local list = {}
  for i = 1, #flat, 2 do
    list[#list + 1] = { address = flat[i], family = flat[i + 1] }
  end
  return list
end

-- Until there is an answer, a signal gives the callback an AbortError in place of one. Gives back what is to be called
-- with the answer; nil if there is none to wait for.
local function obey(signal, callback)
  if signal.aborted then
    ticks.nextTick(callback, abort.error(signal))
    return nil
  end
  local over = false
  local stop = abort.watch(signal, function()
    over = true
    ticks.nextTick(callback, abort.error(signal))
  end)
  return function(...)
    if over then return end
    stop()
    return callback(...)
  end
end

--- Looks up a host name.
-- @tparam string hostname an IP address is answered as it is
-- @tparam[opt] table|integer options `family`: 4, 6 or 0 for both (default); `hints`: a sum of `ADDRCONFIG`,
--   `V4MAPPED`, `ALL`; `all`: true for all addresses; `signal`: an AbortSignal that ends it. A number is the family.
-- @tparam function callback gets an error or nil, then the address and its family (4 or 6), or with `all` a list of
--   `{ address = …, family = … }`
-- @raise ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
-- @see net.Socket:connect
function dns.lookup(hostname, options, callback)
  local family, hints, all = 0, 0, false
  local named = hostname and hostname ~= "" and hostname ~= 0
  if named then
    if type(hostname) ~= "string" then
      errors._checkModule(hostname, dns.lookup, "net.dns.lookup(hostname, callback)")
      errors.throw("ERR_INVALID_ARG_TYPE", "hostname", "string", hostname)
    end
    args.checkNoNul("hostname", hostname)
  end
  if is_callable(options) then
    callback = options
  elseif type(options) == "number" then
    check_callback(callback)
    family = to_family("family", options)
  elseif options ~= nil and type(options) ~= "table" then
    check_callback(callback)
    errors.throw("ERR_INVALID_ARG_TYPE", "options", "object or integer", options)
  else
    check_callback(callback)
    if options then
      strict.check(options, OPTIONS)
      hints = to_hints(options.hints)
      family = to_family("options.family", options.family)
      if options.all ~= nil and type(options.all) ~= "boolean" then
        errors.throw("ERR_INVALID_ARG_TYPE", "options.all", "boolean", options.all)
      end
      all = options.all
      abort.check(options.signal, "options.signal")
      if options.signal then
        callback = obey(options.signal, callback)
        if not callback then return end
      end
    end
  end

  if not named then errors.throw("ERR_INVALID_ARG_VALUE", "hostname", hostname, "must be a non-empty string") end
  local literal = core.isIP(hostname)
  if literal ~= 0 then
    if all then
      ticks.nextTick(callback, nil, { { address = hostname, family = literal } })
    else
      ticks.nextTick(callback, nil, hostname, literal)
    end
    return
  end

  local ok, code, errno = core.getaddrinfo(hostname, family, hints, function(code, flat)
    if code then return callback(lookup_error(code, flat, hostname)) end
    if #flat == 0 then return callback(lookup_error("ENOTFOUND", -3008, hostname)) end
    if all then return callback(nil, to_objects(flat)) end
    return callback(nil, flat[1], flat[2])
  end)
  if not ok then ticks.nextTick(callback, lookup_error(code, errno, hostname)) end
end

return dns
