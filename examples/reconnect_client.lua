-- Stays connected: prints what a server says, line by line, and connects again when the connection is gone. Between two
-- attempts that fail it waits twice as long as before, and a bit at random, lest all clients come back at once.
-- usage: lua reconnect_client.lua PORT [FIRST [LONGEST]]
--   FIRST, LONGEST  ms between attempts, default 100 and 10000

local net = require("net")
local async = net.async

local port, first, longest = tonumber(arg[1]), tonumber(arg[2] or 100), tonumber(arg[3] or 10000)
if not port or not first or not longest then
  print("usage: lua reconnect_client.lua PORT [FIRST [LONGEST]]")
  os.exit(arg[1] == "--help" and 0 or 2)
end

io.stdout:setvbuf("line")

local function listen_to_server()
  local socket = async.timeout(5000, async.connect, port, "127.0.0.1")
  print("connected")
  socket:writeAll("hello\n")
  -- A server that is silent for a minute is gone, whatever TCP says.
  local line = async.timeout(60000, socket.readLine, socket)
  while line do
    print(line)
    if line == "go" then return true end
    line = async.timeout(60000, socket.readLine, socket)
  end
  socket:destroy()
  return false
end

local delay = first
while true do
  local ok, result = async.pcall(listen_to_server)
  if result == true then break end
  if ok then delay = first else print("no connection: " .. (type(result) == "table" and result.code or result)) end
  async.sleep(delay * (0.5 + math.random() / 2))
  delay = math.min(delay * 2, longest)
end
os.exit(0, true)
