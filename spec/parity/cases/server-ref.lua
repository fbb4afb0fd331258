local prelude = require("prelude")
local listen, log, net, setTimeout = prelude.listen, prelude.log, prelude.net, prelude.setTimeout

local server = net.createServer()
listen(server, function()
  log("unref", server:unref() == server)
  log("ref", server:ref() == server)
  local timer = setTimeout(function() server:close(function() log("kept alive") end) end, 30)
  timer:unref()
end)
