local prelude = require("prelude")
local attempt, net, watch = prelude.attempt, prelude.net, prelude.watch

-- close() and listen() in one callback: the close event of the first comes while the second is on its way.
local server = net.createServer()
local note = watch(server, "server")
local first = true
server:listen(0, "127.0.0.1", function() note("first callback") end)
server:on("listening", function()
  if first then
    first = false
    server:close(function() note("close callback", server.listening) end)
    note("again", attempt(function()
      return server:listen(0, "127.0.0.1", function() note("second callback") end) == server
    end))
  else
    server:close()
  end
end)
