local prelude = require("prelude")
local exists, net, tempPath, watch = prelude.exists, prelude.net, prelude.tempPath, prelude.watch

local path = tempPath()
local server = net.createServer()
local note = watch(server, "server")
local times = 0
server:on("listening", function()
  times = times + 1
  server:close()
end)
server:on("close", function()
  note("exists", exists(path))
  if times < 2 then server:listen(path) end
end)
server:listen(path)
