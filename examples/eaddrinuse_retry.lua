-- A server that waits for its port: while another one has it, it tries again. It runs until it is killed.
-- usage: lua eaddrinuse_retry.lua [PORT [MS]]
--   PORT  on 127.0.0.1, default 8124, MS  how long it waits between two attempts, default 1000
-- Start it twice, then kill the first one.

local net = require("net")
local timers = require("uvnet.timers")

if arg[1] == "--help" then
  print("usage: lua eaddrinuse_retry.lua [PORT [MS]]")
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

local HOST = "127.0.0.1"
local PORT = to_port(arg[1], 8124)
local DELAY = to_ms(arg[2], 1000)

local server = net.createServer(function(socket)
  socket:on("error", function(err) print("client error: " .. err.message) end)
  socket:pipe(socket)
end)

server:on("listening", function() print(("listening on %s:%d"):format(HOST, server:address().port)) end)

server:on("error", function(err)
  if err.code ~= "EADDRINUSE" then
    io.stderr:write(tostring(err), "\n")
    os.exit(1)
  end
  print("Address in use, retrying...")
  timers.setTimeout(function()
    server:close()
    server:listen(PORT, HOST)
  end, DELAY)
end)

server:listen(PORT, HOST)

net.run()
