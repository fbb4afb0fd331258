local prelude = require("prelude")
local exists, log, net, tempPath = prelude.exists, prelude.log, prelude.net, prelude.tempPath
local unlink, watch, writeFile = prelude.unlink, prelude.watch, prelude.writeFile

-- A file that is there already, a socket's or not, is in use.
local path = tempPath()
writeFile(path, "not a socket")
local server = net.createServer()
watch(server, "server", { "listening", "close" })
server:on("error", function(err)
  log("error", err.code, err.message, err.syscall, err.address)
  log("file stays", exists(path))
  unlink(path)
  server:listen(path, function()
    log("listening", exists(path))
    server:close()
  end)
end)
server:listen(path)
