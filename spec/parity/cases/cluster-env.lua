local prelude = require("prelude")
local forkWorker, log = prelude.forkWorker, prelude.log

local worker = forkWorker({ PARITY_WORD = "for the worker" })
local names = { "PARITY_WORD", "NODE_UNIQUE_ID", "NODE_CHANNEL_FD" }
worker:on("message", function(message)
  log("message", message)
  table.remove(names, 1)
  if #names > 0 then
    worker:send({ act = "env", name = names[1] })
  else
    worker:send({ act = "leave" })
  end
end)
worker:send({ act = "env", name = names[1] })
