-- A server that hangs up on clients that are silent for too long. It runs until it is killed.
-- usage: lua idle_timeout.lua [PORT [MS]]
--   PORT  on 127.0.0.1, default 8124 (0 for one that is free), MS  how long a client may be silent, default 3000
-- Try it with `nc 127.0.0.1 8124`: type now and then, then stop typing.

local net = require("net")

if arg[1] == "--help" then
  print("usage: lua idle_timeout.lua [PORT [MS]]")
  os.exit(0)
end

io.stdout:setvbuf("line")

-- A port of the command line; what is none is said, not guessed at.
local function to_port(text, default)
  if not text then return default end
  local port = text:find("^%d+$") and tonumber(text)
  if port and port <= 65535 then return port end
  io.stderr:write("not a port: " .. text .. "\n")
  os.exit(1)
end

local function to_ms(text, default)
  if not text then return default end
  if text:find("^%d+$") then return tonumber(text) end
  io.stderr:write("not a number of ms: " .. text .. "\n")
  os.exit(1)
end

local PORT = to_port(arg[1], 8124)
local MS = to_ms(arg[2], 3000)

local server = net.createServer(function(socket)
  -- Traffic in either direction starts the time anew.
  socket:setTimeout(MS)
  socket:on("timeout", function()
    print("socket timeout")
    -- The event only tells: what becomes of the connection is up to us.
    if socket.writable then
      socket:finish("you are too quiet, bye\n")
    else
      socket:destroy() -- it did not hang up in answer to that
    end
  end)
  socket:on("data", function(data) socket:write("I heard " .. #data .. " bytes\n") end)
  socket:on("error", function(err) print("client error: " .. err.message) end)
  socket:on("close", function(had_error) print("closed " .. (had_error and "after an error" or "in order")) end)
end)

server:on("error", function(err)
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end)

server:listen(PORT, "127.0.0.1", function()
  print("listening on 127.0.0.1:" .. server:address().port)
end)

net.run()
