local prelude = require("prelude")
local log, net, watch = prelude.log, prelude.net, prelude.watch

-- localhost, unless one says otherwise.
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish("hi")
end)
server:listen(0, function()
  local port = server:address().port
  local plain = net.connect(port, function() log("callback") end)
  local note = watch(plain, "plain", { "connect", "data", "end", "close" })
  plain:on("lookup", function(err, _, family, host) note("lookup", err, family == 4 or family == 6, host) end)
  plain:on("close", function()
    local other = net.connect({ port = port })
    watch(other, "options", { "connect", "data", "end", "close" })
    other:on("close", function() server:close() end)
  end)
end)
