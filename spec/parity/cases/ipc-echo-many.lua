local prelude = require("prelude")
local log, net, tempPath, watch = prelude.log, prelude.net, prelude.tempPath, prelude.watch

local path = tempPath()
local count = 10
local left = count
local server = net.createServer(function(socket) socket:pipe(socket) end)
server:listen(path, function()
  for i = 1, count do
    local client = net.connect(path)
    watch(client, "client " .. i, { "data", "end", "error", "close" })
    client:finish("hello from " .. i)
    client:on("close", function()
      left = left - 1
      if left == 0 then server:close(function() log("closed") end) end
    end)
  end
end)
