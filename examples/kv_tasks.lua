-- The store of kv_server.lua, each connection a task. It runs until it is killed.
-- usage: lua kv_tasks.lua [PORT [MS]]
--   PORT  on 127.0.0.1, default 8124 (0 for one that is free), MS  time for each request, default 60000
-- Requests: SET key value, GET key, DEL key, QUIT. Answers: OK, VALUE value, NONE, BYE, ERROR reason.

local net = require("net")
local async = net.async

local usage = "usage: lua kv_tasks.lua [PORT [MS]]"
local port, ms = tonumber(arg[1] or 8124), tonumber(arg[2] or 60000)
if not port or not ms then
  print(usage)
  os.exit(arg[1] == "--help" and 0 or 1)
end

io.stdout:setvbuf("line")

local LINE = { limit = 4096 } -- bytes: nobody fills our memory with a line that never ends
local store = {}

local function answer(line)
  local key, value = line:match("^SET (%S+) (.+)$")
  if key then
    store[key] = value
    return "OK"
  end
  key = line:match("^GET (%S+)$")
  if key then return store[key] and "VALUE " .. store[key] or "NONE" end
  key = line:match("^DEL (%S+)$")
  if not key then return "ERROR unknown request" end
  value = store[key]
  store[key] = nil
  return value and "OK" or "NONE"
end

local REASONS = { ERR_FRAME_TOO_LONG = "line too long", ERR_TIMEOUT = "idle" }

local function serve(socket)
  -- A client may send all of its requests, end its side, and then read the answers.
  local line = async.timeout(ms, socket.readLine, socket, LINE)
  while line and line ~= "QUIT" do
    socket:writeAll(answer(line) .. "\n") -- waits while the client does not read
    line = async.timeout(ms, socket.readLine, socket, LINE)
  end
  if line then socket:writeAll("BYE\n") end
end

local server = net.createServer(async.wrap(function(socket)
  local ok, err = async.pcall(serve, socket)
  if ok then return end
  local reason = type(err) == "table" and REASONS[err.code]
  if not reason then error(err, 0) end
  socket:writeAll("ERROR " .. reason .. "\n")
end))

server:listen(port, "127.0.0.1", function()
  print(("listening on 127.0.0.1:%d"):format(server:address().port))
end)
net.run()
