local prelude = require("prelude")
local exists, linkTo, log, net = prelude.exists, prelude.linkTo, prelude.log, prelude.net
local tempPath, watch = prelude.tempPath, prelude.watch

-- A connection over another name of the same file.
local path = tempPath()
local other = tempPath()
local server
server = net.createServer(function(socket)
  socket:resume()
  socket:finish("found")
  server:close()
end)
server:listen(path, function()
  linkTo(path, other)
  local client = net.connect(other)
  watch(client, "client")
  client:on("close", function() log("files", exists(path), exists(other)) end)
end)
