local prelude = require("prelude")
local listen, log, net = prelude.listen, prelude.log, prelude.net

-- Fifty connections in one go, each with its own data.
local count = 50
local answered = 0
local closed = 0
local server = net.createServer(function(socket) socket:pipe(socket) end)
listen(server, function(port)
  for i = 0, count - 1 do
    local client = net.connect(port, "127.0.0.1")
    local all = ""
    client:setEncoding("utf8")
    client:on("data", function(data) all = all .. data end)
    client:on("close", function()
      if all == "hello " .. i then answered = answered + 1 end
      closed = closed + 1
      if closed == count then server:close(function() log("answered", answered) end) end
    end)
    client:finish("hello " .. i)
  end
end)
