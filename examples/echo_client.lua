-- A client for echo_server.lua. Its exit status is 0 if what it sent came back.
-- usage: lua echo_client.lua PORT [HOST]
--        lua echo_client.lua PATH
--   HOST  default 127.0.0.1, PATH  a unix socket

local net = require("net")

if arg[1] == "--help" or not arg[1] then
  print("usage: lua echo_client.lua PORT [HOST] | PATH")
  os.exit(arg[1] and 0 or 2)
end

-- A port of the command line; what is none is said, not guessed at.
local function to_port(text)
  local port = text:find("^%d+$") and tonumber(text)
  if port and port <= 65535 then return port end
  io.stderr:write("not a port: " .. text .. "\n")
  os.exit(1)
end

local MESSAGE = "world!\r\n"

local options
if arg[1]:find("^%d+$") then
  options = { port = to_port(arg[1]), host = arg[2] or "127.0.0.1" }
else
  options = { path = arg[1] }
end

local received = ""
local client
client = net.createConnection(options, function()
  print("connected to server!")
  client:write(MESSAGE)
end)

client:on("data", function(data)
  io.write(data)
  received = received .. data
  -- A stream knows no messages: what was written at once may come in pieces.
  if received:find(MESSAGE, 1, true) then client:finish() end
end)

client:on("end", function() print("disconnected from server") end)

client:on("error", function(err)
  io.stderr:write(tostring(err), "\n")
end)

net.run()
os.exit(received:find(MESSAGE, 1, true) and 0 or 1)
