local prelude = require("prelude")
local log, net, tempPath, unlink = prelude.log, prelude.net, prelude.tempPath, prelude.unlink
local watch = prelude.watch

-- Somebody else unlinks the file: the server lives on, and close does not mind.
local path = tempPath()
local server = net.createServer()
watch(server, "server")
server:listen(path, function()
  unlink(path)
  log("address", server:address(), server.listening)
  server:close()
end)
