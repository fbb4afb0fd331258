local prelude = require("prelude")
local forkWorker, log = prelude.forkWorker, prelude.log

local worker = forkWorker()
worker:on("exit", function()
  prelude.setImmediate(function()
    log("connected", worker:isConnected())
    log("sent", worker:send("x", function(err) log("called back", err) end))
    log("sent", worker:send("y"))
  end)
end)
worker:send({ act = "exit", code = 0 })
