local prelude = require("prelude")
local log, net, newError, tempPath = prelude.log, prelude.net, prelude.newError, prelude.tempPath
local watch = prelude.watch

local path = tempPath()
local server = net.createServer(function(socket)
  socket:on("error", function() end)
  socket:resume()
end)
server:listen(path, function()
  local client = net.connect(path, function() log("never") end)
  local note = watch(client, "client")
  client:write("lost", function(err) note("write callback", err) end)
  client:destroy(newError("changed my mind"))
  note("state", client.connecting, client.destroyed, client.readyState)
  client:on("close", function() server:close() end)
end)
