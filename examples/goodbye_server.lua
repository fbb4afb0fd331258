-- A server that says goodbye to whoever comes, on any port that is free. It runs until it is killed.
-- usage: lua goodbye_server.lua
-- Try it with `nc localhost PORT`, with the port that it prints.

local net = require("net")

if arg[1] == "--help" then
  print("usage: lua goodbye_server.lua")
  os.exit(0)
end

io.stdout:setvbuf("line")

local server = net.createServer(function(socket)
  socket:on("error", function(err) print("client error: " .. err.message) end)
  -- Without a reader the end of what the client sends would never be seen.
  socket:resume()
  socket:finish("goodbye\n")
end)

server:on("error", function(err)
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end)

-- Without a port the system assigns one. Without a host the server listens on all of IPv6, and with that on IPv4 too;
-- where there is no IPv6, on all of IPv4.
server:listen(function()
  local address = server:address()
  print(("opened server on %s port %d (%s)"):format(address.address, address.port, address.family))
end)

net.run()
