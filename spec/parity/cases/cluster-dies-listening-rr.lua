local prelude = require("prelude")
local ask, cluster, forkWorker = prelude.ask, prelude.cluster, prelude.forkWorker

cluster.schedulingPolicy = cluster.SCHED_RR

local worker = forkWorker()
local port
worker:on("listening", function(address)
  port = address.port
  local socket = ask({ port = port, host = "127.0.0.1" }, function(text)
    prelude.actor("client")("answer", (text:gsub("%(ECONNRESET%)", "")))
  end)
  socket:on("data", function() worker:send({ act = "die" }) end)
end)
worker.process:on("close", function()
  ask({ port = port, host = "127.0.0.1" }, function(text) prelude.actor("later")("refused", text) end)
end)
worker:send({ act = "listen", name = "it", hold = true, more = { port = 0, host = "127.0.0.1" } })
