--- uvnet: Node.js's `net` for Lua, on libuv.
--
--     local net = require "net"
--
--     local server = net.createServer(function(socket)
--       socket:write("hello\r\n")
--       socket:pipe(socket)
--     end)
--     server:listen(8124)
--     net.run()
--
-- Floor 10.
-- @module net

-- What a loader says of a core that it cannot load helps those only who know how loaders work.
local function explain(problem)
  local version = _VERSION:match("%d.%d")
  if problem:find("module 'uvnet.core' not found", 1, true) then
    local advice = "uvnet is not built for Lua %s: `luarocks --lua-version %s install uvnet` builds it"
    return (advice .. ", or `make` in a checkout"):format(version, version)
  elseif problem:find("symbol.-lua") then
    return ("uvnet.core was built for another Lua than %s: build it anew"):format(version)
  end
  return "uvnet needs the library libuv, 1.44 or later, and cannot load it: install libuv1 (Debian, Ubuntu), "
    .. "libuv (Fedora, Alpine, Homebrew), or put uv.dll on the PATH (Windows)"
end

local loaded, problem = pcall(require, "uvnet.core")
-- Without memory it may well be there.
if not loaded and tostring(problem):find("not enough memory", 1, true) then error(problem, 0) end
if not loaded then error(explain(tostring(problem)) .. "\n" .. tostring(problem), 0) end

local Server = require("uvnet.net.server")
local Socket = require("uvnet.net.socket")
local args = require("uvnet.net.args")
local core = require("uvnet.core")
local kept = require("uvnet.base.kept")
local loop = require("uvnet.runtime.loop")
local selection = require("uvnet.net.family_selection")
local strict = require("uvnet.base.strict")

local net = {
  --- The class of servers.
  Server = Server,
  --- The class of connections.
  Socket = Socket,
  --- Its old name.
  Stream = Socket,
  --- EventEmitter, complete as in Node.
  events = require("uvnet.events"),
  --- Node's streams: Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished.
  stream = require("uvnet.stream"),
  --- setTimeout, setInterval, setImmediate, nextTick and their `clear…`.
  timers = require("uvnet.timers"),
  --- lookup.
  dns = require("uvnet.dns"),
  --- The class of errors.
  errors = require("uvnet.errors"),
  --- The version of this module.
  _VERSION = "uvnet 0.1.0",
  getDefaultAutoSelectFamily = selection.getDefaultAutoSelectFamily,
  setDefaultAutoSelectFamily = selection.setDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout = selection.getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout = selection.setDefaultAutoSelectFamilyAttemptTimeout,
  run = loop.run,
  backendFd = loop.backendFd,
  backendTimeout = loop.backendTimeout,
  stop = loop.stop,
}

-- These are functions, not methods.
local function check_dot(first, call)
  if first == net then net.errors._checkDot("net." .. call) end
end

--- Makes a server.
-- @tparam[opt] table options see `net.Server`
-- @tparam[opt] function connectionListener is added for `connection`
-- @treturn net.Server
-- @raise ERR_INVALID_ARG_TYPE
-- @see Node's net: net.createServer([options][, connectionListener])
function net.createServer(options, connectionListener)
  check_dot(options, "createServer(listener)")
  return Server(options, connectionListener)
end

--- Makes a socket and connects it: `createConnection(options[, connectListener])`,
-- `createConnection(path[, connectListener])`, `createConnection(port[, host][, connectListener])`.
-- @param options see `net.Socket` and `net.Socket:connect`; `timeout` (ms) is set as by `setTimeout`
-- @treturn net.Socket
-- @raise what `net.Socket` and `connect` raise
-- @see Node's net: net.createConnection()
function net.createConnection(...)
  check_dot((...), "connect(port, host)")
  local options, listener = args.normalize(select("#", ...), ...)
  local socket = Socket(options)
  if options.timeout then socket:setTimeout(options.timeout) end
  if options.signal and options.signal.aborted then return socket end -- it has been destroyed
  local ok, err = pcall(socket.connect, socket, options, listener)
  if ok then return socket end
  -- Nobody has it, who could close what is open already.
  if socket._handle then socket:destroy() end
  error(err, 0)
end

--- The same as `createConnection`.
-- @function connect
net.connect = net.createConnection

local version_of = core.isIP

-- The address is looked at first, for mostly it is one, and what else could be asked for costs more to tell.
local function ip_version(input)
  local version = version_of(input)
  if version == 0 and type(input) == "table" then
    check_dot(input, "isIP(input)")
    return version_of(tostring(input)) -- in JavaScript whatever is asked for is made text
  end
  return version
end

--- Is this an IP address?
-- @param input anything
-- @treturn integer 4, 6, or 0
-- @see Node's net: net.isIP(input)
-- @function isIP
net.isIP = ip_version

--- Is this an IPv4 address?
-- @treturn boolean
-- @see Node's net: net.isIPv4(input)
function net.isIPv4(input) return ip_version(input) == 4 end

--- Is this an IPv6 address?
-- @treturn boolean
-- @see Node's net: net.isIPv6(input)
function net.isIPv6(input) return ip_version(input) == 6 end

-- What not everybody uses is loaded when it is first asked for: field -> module, or module and the field in it.
-- Each stands on a line: `name = { "uvnet.module" }` or `name = { "uvnet.module", "field" }`.
local LAZY = {
  async = { "uvnet.async" },
  process = { "uvnet.process" },
  child_process = { "uvnet.child_process" },
  cluster = { "uvnet.cluster" },
  AbortController = { "uvnet.abort", "AbortController" },
  AbortSignal = { "uvnet.abort", "AbortSignal" },
  BlockList = { "uvnet.net.block_list" },
  BoundSocket = { "uvnet.net.bound_socket" },
  SocketAddress = { "uvnet.net.socket_address" },
}

setmetatable(net, {
  lazy = LAZY,
  __newindex = function(_, name, value)
    if name == "strict" then
      strict.on = value and true or false
    else
      rawset(net, name, value)
    end
  end,
  __index = function(_, name)
    if name == "strict" then return strict.on end
    local place = LAZY[name]
    if not place then return nil end
    local module = require(place[1])
    kept.keep()
    local value = module
    if place[2] then value = module[place[2]] end
    net[name] = value
    return value
  end,
})

kept.keep("uvnet", net)
-- A parent with a channel to this process is listened to from the start.
if os and os.getenv and os.getenv("NODE_CHANNEL_FD") then
  local _ = os.getenv("NODE_UNIQUE_ID") and net.cluster or net.process
end

return net
