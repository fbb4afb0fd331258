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
local MS = to_ms(arg[2], 60000)
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

-- A client may send all of its requests, end its side, and then read the answers: that is no end of ours.
local server = net.createServer({ allowHalfOpen = true }, function(socket)
  local rest, is_full, has_ended = "", false, false

  -- After QUIT nothing is answered. Nor is it while the client does not read: `drain` goes on.
  local function take(data)
    if not socket.writable then return end
    data = rest .. data
    local from = 1
    repeat
      local at = data:find("\n", from, true)
      if (at or #data + 1) - from > MAX_LINE then
        socket:finish("ERROR line too long\n")
      elseif at then
        local reply = answer(socket, (data:sub(from, at - 1):gsub("\r$", "")))
        from = at + 1
        is_full = reply and not socket:write(reply .. "\n")
      end
    until not at or is_full or not socket.writable
    rest = data:sub(from)
    if is_full then socket:pause() end
  end
  socket:on("data", take)
  socket:on("drain", function()
    is_full = false
    take("")
    if is_full then return end
    if has_ended then socket:finish() else socket:resume() end
  end)
  socket:on("end", function()
    has_ended = true
    if not is_full then socket:finish() end -- all is answered
  end)

  socket:setTimeout(MS)
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
server:listen(PORT, "127.0.0.1", function()
  print("listening on 127.0.0.1:" .. server:address().port)
end)
net.run()
