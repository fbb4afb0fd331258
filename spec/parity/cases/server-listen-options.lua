local prelude = require("prelude")
local attempt, net, tempPath, watch = prelude.attempt, prelude.net, prelude.tempPath, prelude.watch

local function variant(name, options)
  local server = net.createServer()
  local note = watch(server, name)
  local function called(...)
    note("callback", ...)
    note("address", server:address())
    server:close()
  end
  note("returns itself", attempt(function() return server:listen(options, called) == server end))
end

variant("port", { port = 0 })
variant("port as digits", { port = "0" })
variant("port and host", { port = 0, host = "127.0.0.1" })
variant("port, host, backlog", { port = 0, host = "127.0.0.1", backlog = 1 })
variant("exclusive", { port = 0, host = "127.0.0.1", exclusive = true })
variant("port before path", { port = 0, host = "127.0.0.1", path = tempPath() })
variant("path", { path = tempPath() })
variant("path and backlog", { path = tempPath(), backlog = 2 })
variant("host only", { host = "127.0.0.1" })
variant("nothing", {})
variant("IPv6", { port = 0, host = "::1" })
variant("ipv6Only", { port = 0, host = "::", ipv6Only = true })
