--- LuaSocket's interface over uvnet: client libraries that were written for LuaSocket run on the loop, many at once.
--
--     require("uvnet.luasocket").install()   -- from here on it is what `require("socket")` gives
--     local redis = require("redis")
--     local async = require("net").async
--
--     for i = 1, 100 do
--       async.run(function()
--         local client = redis.connect("127.0.0.1", 6379)
--         client:set("key " .. i, i)
--         client:quit()
--       end)
--     end
--     require("net").run()
--
-- Where LuaSocket blocks the process, this waits: in a task the others go on; where no loop runs, the loop runs until
-- the answer is there. See docs/luasocket.md.
--
-- Floor 15.

local core = require("uvnet.core")
local dns = require("uvnet.luasocket.dns")
local exceptions = require("uvnet.luasocket.exceptions")
local kept = require("uvnet.base.kept")
local net = require("uvnet")
local select_of = require("uvnet.luasocket.select")
local streams = require("uvnet.luasocket.streams")
local tcp = require("uvnet.luasocket.tcp")
local waiting = require("uvnet.luasocket.waiting")

local luasocket = {
  --- Which LuaSocket it is like.
  _VERSION = "LuaSocket 3.1.0 (" .. net._VERSION .. ")",
  _DEBUG = false,
  --- How many objects `select` takes: as many as there are.
  _SETSIZE = 2147483647,
  --- What `getfd` gives where there is no descriptor.
  _SOCKETINVALID = -1,
  --- How many bytes the sources of `source` ask for.
  BLOCKSIZE = 2048,
  --- `toip`, `tohostname`, `getaddrinfo`, `getnameinfo`, `gethostname`.
  dns = dns.public,
  select = select_of,
  newtry = exceptions.newtry,
  protect = exceptions.protect,
  skip = exceptions.skip,
  try = exceptions.newtry(),
}

--- Makes a TCP object: `connect` makes it a client, `bind` and `listen` a server.
-- @return the object
function luasocket.tcp() return tcp.new() end

--- The same for IPv4 only.
-- @return the object
function luasocket.tcp4() return tcp.new(4) end

--- The same for IPv6 only.
-- @return the object
function luasocket.tcp6() return tcp.new(6) end

local MAKERS = { inet = luasocket.tcp4, inet6 = luasocket.tcp6, unspec = luasocket.tcp }

-- What `require("socket.unix")` gives: of unix sockets, streams only.
local function new_unix() return tcp.new("unix") end

--- LuaSocket's `socket.unix`: `unix()`, `unix.stream()` and `unix.tcp()` make an object whose `connect` and `bind` take
--- a path.
luasocket.unix = setmetatable({ stream = new_unix, tcp = new_unix }, { __call = new_unix })

local function begin(object, ok, reason)
  if ok then return object end
  object:close()
  return nil, reason
end

--- Connects.
-- @tparam string address
-- @tparam integer port
-- @tparam[opt] string localAddress to connect from
-- @tparam[opt] integer localPort
-- @tparam[opt] string family `"inet"`, `"inet6"`, or `"unspec"` for both
-- @return a client object, or nil
-- @treturn ?string why there is none
function luasocket.connect(address, port, localAddress, localPort, family)
  local make = MAKERS[family == nil and "unspec" or family]
  if not make then
    error(("bad argument #5 to 'connect' (invalid option '%s')"):format(tostring(family)), 2)
  end
  local object = make()
  if localAddress then
    local ok, reason = object:bind(localAddress, localPort or 0)
    if not ok then return begin(object, nil, reason) end
  end
  return begin(object, object:connect(address, port))
end

--- The same over IPv4.
function luasocket.connect4(address, port, localAddress, localPort)
  return luasocket.connect(address, port, localAddress, localPort, "inet")
end

--- The same over IPv6.
function luasocket.connect6(address, port, localAddress, localPort)
  return luasocket.connect(address, port, localAddress, localPort, "inet6")
end

--- Listens.
-- @tparam string address an IP address or a name of this machine, or `"*"` for all IPv4 addresses
-- @tparam integer port 0: any that is free
-- @tparam[opt=32] integer backlog
-- @return a server object, or nil
-- @treturn ?string why there is none
function luasocket.bind(address, port, backlog)
  if address == "*" then address = "0.0.0.0" end
  local list, reason = dns.public.getaddrinfo(address)
  if not list then return nil, reason end
  local why = "no info on address"
  for i = 1, #list do
    local object = MAKERS[list[i].family]()
    local ok
    ok, why = object:bind(list[i].addr, port)
    if ok then
      ok, why = object:listen(backlog)
    end
    if ok then return object end
    object:close()
  end
  return nil, why
end

--- Waits for a time.
-- @tparam number seconds
function luasocket.sleep(seconds)
  local number = tonumber(seconds)
  if not number then
    error(("bad argument #1 to 'sleep' (number expected, got %s)"):format(type(seconds)), 2)
  end
  waiting.wait({}, waiting.now() + math.max(0, number) * 1000)
end

--- The time of day.
-- @treturn number seconds since 1970, with fractions
function luasocket.gettime() return core.gettime() end

streams.add_to(luasocket)

--- Puts it in LuaSocket's place: `require("socket")`, `require("socket.core")` and `require("socket.unix")` give it
-- from here on, also to modules such as `socket.http` that are loaded then. Those that were loaded before keep what
-- they have.
-- @treturn table this module
function luasocket.install()
  local modules = { ["socket"] = luasocket, ["socket.core"] = luasocket, ["socket.unix"] = luasocket.unix }
  for name, module in pairs(modules) do
    package.loaded[name] = module
    package.preload[name] = function() return module end
  end
  return luasocket
end

kept.keep("uvnet.luasocket", luasocket)

return luasocket
