-- A store of keys and values, a line for each request. It runs until it is killed.
-- usage: lua kv_server.lua [PORT [MS]]
--   PORT  on 127.0.0.1, default 8124 (0 for one that is free), MS  idle time-out, default 60000
-- Requests: SET key value, GET key, DEL key, QUIT. Answers: OK, VALUE value, NONE, BYE, ERROR reason.

local net = require("net")

if arg[1] == "--help" then
  print("usage: lua kv_server.lua [PORT [MS]]")
  os.exit(0)
end

io.stdout:setvbuf("line")

local MAX_LINE = 4096 -- bytes: nobody fills our memory with a line that never ends
local store = {}
local commands = {
  ["^SET (%S+) (.+)$"] = function(_, key, value)
    store[key] = value
    return "OK"
  end,
  ["^GET (%S+)$"] = function(_, key) return store[key] and "VALUE " .. store[key] or "NONE" end,
  ["^DEL (%S+)$"] = function(_, key)
    if not store[key] then return "NONE" end
    store[key] = nil
    return "OK"
  end,
  ["^QUIT$"] = function(socket) socket:finish("BYE\n") end,
}

local function answer(socket, line)
  for pattern, command in pairs(commands) do
    if line:find(pattern) then return command(socket, line:match(pattern)) end
  end
  return "ERROR unknown request"
end

local server = net.createServer(function(socket)
  local rest = ""
  socket:on("data", function(data)
    rest = rest .. data
    -- After QUIT nothing that came with it is answered.
    while socket.writable and rest:find("\n", 1, true) do
      local line, behind = rest:match("^(.-)\r?\n(.*)$")
      rest = behind
      local reply = #line > MAX_LINE and "ERROR line too long" or answer(socket, line)
      if reply then socket:write(reply .. "\n") end
    end
    if socket.writable and #rest > MAX_LINE then socket:finish("ERROR line too long\n") end
  end)
  socket:setTimeout(tonumber(arg[2]) or 60000)
  -- Told to go first, then made to.
  socket:on("timeout", function()
    if socket.writable then socket:finish("ERROR idle\n") else socket:destroy() end
  end)
  socket:on("error", function(err) print("client error: " .. err.message) end)
end)

server:on("error", function(err)
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end)
server:listen(tonumber(arg[1]) or 8124, "127.0.0.1", function()
  print("listening on 127.0.0.1:" .. server:address().port)
end)
net.run()
