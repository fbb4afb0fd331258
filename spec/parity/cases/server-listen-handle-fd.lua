local prelude = require("prelude")
local listen, net, watch = prelude.listen, prelude.net, prelude.watch

-- The descriptor of a handle that this loop watches already is refused.
local first = net.createServer()
local second = net.createServer()
local note = watch(second, "second")
listen(first, function()
  note("fd is a number", type(first._handle.fd), first._handle.fd > 2)
  note("returns itself", second:listen({ fd = first._handle.fd }) == second)
  note("listening", second.listening)
  second:on("error", function() first:close() end)
end)
