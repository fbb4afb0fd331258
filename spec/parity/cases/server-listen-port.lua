local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

-- Every legal way to give a port, with and without the rest.
local function variant(name, start)
  local server = net.createServer()
  local note = watch(server, name)
  local function called(...)
    note("callback", ...)
    note("address", server:address())
    server:close()
  end
  note("returns itself", start(server, called) == server)
  note("listening", server.listening)
end

variant("callback only", function(server, called) return server:listen(called) end)
variant("port, callback", function(server, called) return server:listen(0, called) end)
variant("port, host, callback", function(server, called) return server:listen(0, "127.0.0.1", called) end)
variant("port, host, backlog, callback", function(server, called)
  return server:listen(0, "127.0.0.1", 5, called)
end)
variant("port, backlog, callback", function(server, called) return server:listen(0, 5, called) end)
variant("port, nothing, callback", function(server, called) return server:listen(0, nil, called) end)
variant("port, nothing, backlog, callback", function(server, called) return server:listen(0, nil, 7, called) end)
variant("port as digits", function(server, called) return server:listen("0", called) end)
variant("port as digits and host", function(server, called) return server:listen("0", "127.0.0.1", called) end)
variant("port nothing", function(server, called) return server:listen(nil, called) end)
variant("port nothing, host", function(server, called) return server:listen(nil, "127.0.0.1", called) end)
