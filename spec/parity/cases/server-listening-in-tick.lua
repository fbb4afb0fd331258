local prelude = require("prelude")
local log, net, nextTick = prelude.log, prelude.net, prelude.nextTick
local setImmediate = prelude.setImmediate

-- listening comes after the current callback, before the next.
local server = net.createServer()
nextTick(function() log("tick before") end)
server:listen(0, "127.0.0.1", function()
  log("listening")
  server:close()
end)
nextTick(function() log("tick after") end)
setImmediate(function() log("immediate") end)
log("end of the script")
