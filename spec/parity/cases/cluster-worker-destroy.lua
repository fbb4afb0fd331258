local prelude = require("prelude")
local forkWorker, log = prelude.forkWorker, prelude.log

local worker = forkWorker()
worker:on("exit", function() log("after", worker.exitedAfterDisconnect, worker.state) end)
worker:send({ act = "destroy" })
