local prelude = require("prelude")
local listen, log, net, nextTick = prelude.listen, prelude.log, prelude.net, prelude.nextTick
local setImmediate = prelude.setImmediate

local server = net.createServer()
listen(server, function()
  server:getConnections(function(err, count) log("callback", err, count) end)
  nextTick(function() log("tick") end)
  setImmediate(function() log("immediate") end)
  log("after")
  server:close()
end)
