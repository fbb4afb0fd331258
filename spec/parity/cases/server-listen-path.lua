local prelude = require("prelude")
local exists, net, tempPath, watch = prelude.exists, prelude.net, prelude.tempPath, prelude.watch

local function variant(name, start)
  local server = net.createServer()
  local note = watch(server, name)
  local path = tempPath()
  local function called(...)
    note("callback", ...)
    note("address", server:address())
    note("exists", exists(path))
    server:close(function() note("exists", exists(path)) end)
  end
  note("returns itself", start(server, path, called) == server)
  note("listening", server.listening)
end

variant("path, callback", function(server, path, called) return server:listen(path, called) end)
variant("path, backlog, callback", function(server, path, called) return server:listen(path, 3, called) end)
variant("path, nothing, callback", function(server, path, called) return server:listen(path, nil, called) end)
