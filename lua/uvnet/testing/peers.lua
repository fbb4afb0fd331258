--- Sockets to test with: two that are connected, and places to listen at.
--
-- Floor 12.

local check = require("uvnet.testing.check")
local core = require("uvnet.core")
local net = require("uvnet")
local strict = require("uvnet.base.strict")
local task = require("uvnet.runtime.task")
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

-- Below those that systems give to whoever asks for any: such a one may be another's a moment later.
local FIRST_PORT, PORTS = 20000, 10000

local next_port

--- A TCP port that is free at the moment.
-- @treturn integer
function peers.freePort()
  -- Where two programs begin is a matter of when they do.
  next_port = next_port or select(2, core.moment()) % PORTS
  for _ = 1, PORTS do
    local port = FIRST_PORT + next_port
    next_port = (next_port + 1) % PORTS
    local server = net.createServer():on("error", function() end)
    server:listen(port)
    local is_free = server:address() ~= nil
    server:close()
    if is_free then return port end
  end
  error(net.errors("No port is free"), 2)
end

local function give_up(socket) socket:on("error", function() end):destroy() end

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
  local known = { server = strict.known_of(net.Server), client = strict.known_of(net.Socket) }
  local both = strict.names("ipc server client", known.server)
  for name in pairs(known.client) do
    both[name] = true
  end
  strict.check(options, both)
  local function merge(into, more)
    for key, value in pairs(more or {}) do
      into[key] = value
    end
    return into
  end
  local function own(side)
    local result = {}
    for name in pairs(known[side]) do
      result[name] = options[name]
    end
    return merge(result, options[side])
  end

  local for_server, for_client = own("server"), own("client")
  local server, client, accepted = net.createServer(for_server), nil, nil
  local came = {}
  local ok, err = task.pcall(function()
    local where = options.ipc and { path = peers.tmpPath() } or { port = 0, host = "127.0.0.1" }
    server:listen(where)
    waiting.wait(server, "listening")
    if not options.ipc then where = { port = server:address().port, host = "127.0.0.1" } end
    client = net.connect(merge(for_client, where))
    -- Whoever tries that a port is free may come to this one: the other end is who has the client's port.
    server:on("connection", function(socket) came[#came + 1] = socket end)
    waiting.wait(client, "connect")
    while not accepted do
      if #came == 0 then waiting.wait(server, "connection") end
      local socket = table.remove(came, 1)
      if options.ipc or socket.remotePort == client.localPort then
        accepted = socket
      else
        give_up(socket)
      end
    end
  end)
  server:close()
  if not ok then
    for _, socket in ipairs(came) do
      give_up(socket)
    end
    if client then give_up(client) end
    error(err, 0)
  end
  return client, accepted
end

return peers
