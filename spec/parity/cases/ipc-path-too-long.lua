local prelude = require("prelude")
local actor, log, net, rep = prelude.actor, prelude.log, prelude.net, prelude.rep
local tempPath = prelude.tempPath

-- A path that does not fit is refused; it is not cut.
local path = tempPath(rep("x", 120))
local server = net.createServer()
server:on("error", function(err) log("server", err.code, err.syscall) end)
server:on("listening", function()
  log("never")
  server:close()
end)
server:listen(path)
local client = net.connect(path)
client:on("error", function(err) actor("client")("error", err.code, err.syscall) end)
