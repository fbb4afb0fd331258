local prelude = require("prelude")
local attempt, net, watch = prelude.attempt, prelude.net, prelude.watch

local function variant(name, fd)
  local server = net.createServer()
  local note = watch(server, name)
  note("throws", attempt(function() return server:listen({ fd = fd }) == server end))
  note("listening", server.listening)
  note("address", server:address())
end
variant("not open", 1000000)
variant("negative", -1)
