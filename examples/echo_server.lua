-- An echo server, over TCP or a unix socket. It runs until it is killed.
-- usage: lua echo_server.lua [PORT | PATH]
--   PORT  a TCP port on 127.0.0.1 (default 8124; 0 for one that is free), PATH  a unix socket
-- Talk to it with echo_client.lua, with `nc 127.0.0.1 8124`, or with `nc -U PATH`.

local net = require("net")

if arg[1] == "--help" then
  print("usage: lua echo_server.lua [PORT | PATH]")
  os.exit(0)
end

-- A port of the command line; what is none is said, not guessed at.
local function to_port(text)
  local port = text:find("^%d+$") and tonumber(text)
  if port and port <= 65535 then return port end
  io.stderr:write("not a port: " .. text .. "\n")
  os.exit(1)
end

-- What is printed is seen at once, also through a pipe.
io.stdout:setvbuf("line")

local server = net.createServer(function(socket)
  print("client connected")
  socket:on("end", function() print("client disconnected") end)
  -- A client that breaks off takes its own connection down, not the server.
  socket:on("error", function(err) print("client error: " .. err.message) end)
  socket:write("hello\r\n")
  socket:pipe(socket)
end)

server:on("error", function(err)
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end)

local function listening()
  local address = server:address()
  if type(address) == "table" then address = address.address .. ":" .. address.port end
  print("listening on " .. address)
end

local where = arg[1] or "8124"
if where:find("^%d+$") then
  server:listen(to_port(where), "127.0.0.1", listening)
else
  server:listen(where, listening)
end

net.run()
