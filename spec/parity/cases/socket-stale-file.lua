local prelude = require("prelude")
local net, tempPath, watch, writeFile = prelude.net, prelude.tempPath, prelude.watch, prelude.writeFile

-- A file that nobody listens on.
local path = tempPath()
local server = net.createServer()
server:listen(path, function()
  local other = tempPath()
  writeFile(other, "no socket")
  local client = net.connect(other)
  local note = watch(client, "client", { "connect", "end", "close" })
  client:on("error", function(err) note("error", err.message, err.code, err.errno, err.syscall, err.address) end)
  server:close()
end)
