local prelude = require("prelude")
local log, net = prelude.log, prelude.net

local count = 20
local served = 0
local closed = 0
local server = net.createServer(function(socket)
  served = served + 1
  socket:finish("#" .. served)
  socket:resume()
end)
server:listen(0, "127.0.0.1", 50, function()
  for _ = 0, count - 1 do
    local client = net.connect(server:address().port, "127.0.0.1")
    client:resume()
    client:on("close", function(hadError)
      closed = closed + 1
      if hadError then log("error") end
      if closed == count then server:close(function() log("served", served) end) end
    end)
  end
end)
