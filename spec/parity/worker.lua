-- What cases fork as workers of a cluster: does what a message says. Its twin: worker.js.

local net = require("uvnet")
local cluster, process = net.cluster, net.process

local servers, sockets = {}, {}
local acts = {}

-- `more` has what `listen` gets.
function acts.listen(message)
  local server = net.createServer(function(socket)
    sockets[#sockets + 1] = socket
    socket:on("error", function() end)
    if message.hold then
      socket:write("held by " .. message.name)
    else
      socket:finish("from " .. message.name)
    end
  end)
  if message.max then server.maxConnections = message.max end
  servers[#servers + 1] = server
  server:on("error", function(err) process:send({ error = err.code, call = err.syscall }) end)
  server:on("close", function() process:send({ event = "close" }) end)
  server:listen(message.more, function()
    local address = server:address()
    process:send({ listening = server.listening, port = type(address) == "table" and address.port or 0 })
  end)
  if message.closing then server:close() end
end

function acts.close() table.remove(servers, 1):close() end

function acts.release()
  for _, socket in ipairs(sockets) do
    socket:destroy()
  end
end

function acts.disconnect() cluster.worker:disconnect() end
function acts.destroy() cluster.worker:destroy() end
function acts.leave() process:disconnect() end
function acts.exit(message) process:exit(message.code) end
function acts.die() process.kill(process.pid, "SIGKILL") end
function acts.echo(message) cluster.worker:send({ echo = message.value }) end
function acts.env(message) process:send({ value = os.getenv(message.name) or "none" }) end

function acts.state()
  local worker = cluster.worker
  process:send({
    isWorker = cluster.isWorker, isPrimary = cluster.isPrimary, isMaster = cluster.isMaster, id = worker.id,
    connected = worker:isConnected(), dead = worker:isDead(), process = worker.process == process,
  })
end

function acts.answer(message, handle)
  if net.Server:isInstance(handle) then
    servers[#servers + 1] = handle
    handle:on("connection", function(socket) socket:finish("from " .. message.name) end)
    process:send({ got = "server" })
  else
    handle:finish("from " .. message.name)
    process:send({ got = "socket" })
  end
end

process:on("message", function(message, handle) acts[message.act](message, handle) end)
net.run()
