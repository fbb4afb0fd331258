local prelude = require("prelude")
local attempt, net, tempPath, watch = prelude.attempt, prelude.net, prelude.tempPath, prelude.watch

local server = net.createServer()
local note = watch(server, "server")
server:listen(0, "127.0.0.1")
note("second, at once", attempt(function() return server:listen(0, "127.0.0.1") end))
server:on("listening", function()
  note("second, later", attempt(function() return server:listen(0) end))
  note("second, path", attempt(function() return server:listen(tempPath()) end))
  note("still listening", server.listening)
  server:close()
end)
