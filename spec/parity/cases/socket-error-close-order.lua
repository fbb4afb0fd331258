local prelude = require("prelude")
local log, net, nextTick = prelude.log, prelude.net, prelude.nextTick
local setImmediate = prelude.setImmediate

-- error, then close(true), with the ticks between.
local client = net.connect(1, "127.0.0.1")
client:on("error", function(err)
  log("error", err.code)
  nextTick(function() log("tick of error") end)
  setImmediate(function() log("immediate of error") end)
end)
client:on("close", function(hadError) log("close", hadError) end)
