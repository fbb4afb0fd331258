local prelude = require("prelude")
local log, net, tempPath, writeFile = prelude.log, prelude.net, prelude.tempPath, prelude.writeFile

-- An error about a path has no port.
local client = net.connect(tempPath("nobody"))
client:on("error", function(err) log("client", err) end)
local server = net.createServer()
server:on("error", function(err) log("server", err) end)
local path = tempPath()
writeFile(path, "in the way")
client:on("close", function() server:listen(path) end)
