local prelude = require("prelude")
local forkWorker, log = prelude.forkWorker, prelude.log

local worker = forkWorker()
worker:on("message", function(message)
  log("message", message)
  worker:send({ act = "disconnect" })
end)
worker:send({ act = "state" })
