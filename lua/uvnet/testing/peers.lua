--- Sockets to test with: two that are connected, and places to listen at.
--
-- Floor 12.

local check = require("uvnet.testing.check")
local net = require("uvnet")
local waiting = require("uvnet.testing.waiting")

local peers = {}

--- A path for a unix socket, short enough for every system, or on Windows for a named pipe. No file is there.
-- @treturn string
function peers.tmpPath()
  -- Where os.tmpname makes the file at once, that keeps the name ours.
  local name = os.tmpname()
  os.remove(name)
  if package.config:sub(1, 1) == "\\" then return "\\\\.\\pipe\\" .. name:gsub("[\\/:]", "-") .. ".s" end
  return name .. ".s"
end

--- A TCP port that is free at the moment.
-- @treturn integer
function peers.freePort()
  local server = net.createServer()
  server:listen(0)
  local port = server:address().port
  server:close()
  return port
end

--- Two connected sockets. Runs the loop, so it is not for callbacks.
--
-- The server that accepted is closed already; it closes fully once the server's side is closed.
-- @tparam[opt] table options `ipc`: true for a unix socket instead of TCP on 127.0.0.1; all others go to the server
--   (such as `allowHalfOpen`, `pauseOnConnect`) and to the client; `server` and `client`: tables with options for one
--   side
-- @treturn net.Socket the client
-- @treturn net.Socket the server's side
-- @raise ERR_INVALID_ARG_TYPE; what `net.Socket` and `net.createServer` raise
function peers.pair(options)
  check.dot(options, "pair(options)")
  check.options("options", options)
  options = options or {}
  check.options("options.server", options.server)
  check.options("options.client", options.client)
  local function merge(into, more)
    for key, value in pairs(more or {}) do
      into[key] = value
    end
    return into
  end
  local function own(side)
    local result = merge(merge({}, options), options[side])
    result.ipc, result.server, result.client = nil, nil, nil
    return result
  end

  local server = net.createServer(own("server"))
  local where = options.ipc and { path = peers.tmpPath() } or { port = 0, host = "127.0.0.1" }
  server:listen(where)
  waiting.wait(server, "listening")
  if not options.ipc then where = { port = server:address().port, host = "127.0.0.1" } end
  local client = net.connect(merge(own("client"), where))
  -- Whoever tries that a port is free may come to this one: the other end is who has the client's port.
  local came = {}
  server:on("connection", function(socket) came[#came + 1] = socket end)
  waiting.wait(client, "connect")
  local accepted
  while not accepted do
    if #came == 0 then waiting.wait(server, "connection") end
    local socket = table.remove(came, 1)
    if options.ipc or socket.remotePort == client.localPort then
      accepted = socket
    else
      socket:on("error", function() end):destroy()
    end
  end
  server:close()
  return client, accepted
end

return peers
