--- What the specs of sockets and servers share.

local net = require("net")
local record = require("spec.support.record")
local testing = require("uvnet.testing")

local sockets = { HOST = "127.0.0.1", raised = require("spec.support.raised") }

--- A server that listens on a free port of 127.0.0.1, and the port. Takes what createServer takes.
function sockets.serve(...)
  local server = net.createServer(...)
  server:listen(0, sockets.HOST)
  testing.wait(server, "listening")
  return server, server:address().port
end

--- Reads a socket: a list of chunks that fills.
function sockets.collect(socket)
  local chunks = {}
  socket:on("data", function(data) chunks[#chunks + 1] = data end)
  return chunks
end

--- A connected pair and the log of both: "c." stands before the client's events, "s." before the others.
function sockets.recorded_pair(options)
  local client, accepted = testing.pair(options)
  local log = {}
  record(client, log, "c")
  record(accepted, log, "s")
  return client, accepted, log
end

--- The entries of a log that begin so, without that.
function sockets.only(log, prefix)
  local result = {}
  for _, entry in ipairs(log) do
    if entry:sub(1, #prefix) == prefix then result[#result + 1] = entry:sub(#prefix + 1) end
  end
  return result
end

return sockets
