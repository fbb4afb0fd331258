-- A chat: each client gives a name in its first line, and its other lines go to everyone. It runs until it is killed.
-- usage: lua chat_server.lua [PORT]
--   PORT  on 127.0.0.1, default 8124 (0 for one that is free)
-- Join with `nc 127.0.0.1 8124`, several times.

local net = require("net")

if arg[1] == "--help" then
  print("usage: lua chat_server.lua [PORT]")
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

local PORT = to_port(arg[1], 8124)
local MAX_LINE, MAX_UNREAD = 1000, 1024 * 1024 -- bytes
local clients = {} -- socket -> name
local function broadcast(text, except)
  print(text)
  for socket in pairs(clients) do
    -- Who has hung up still gets what is queued; a write would be an error that throws that away.
    local is_theirs = socket ~= except and socket.writable
    if is_theirs and not socket:write(text .. "\n") and socket.writableLength > MAX_UNREAD then
      socket:destroy() -- it does not read what the others say
    end
  end
end

local function handle(socket, line)
  if clients[socket] then
    broadcast(clients[socket] .. ": " .. line)
  elseif line:find("^%w+$") then
    broadcast("* " .. line .. " joins")
    clients[socket] = line
    socket:write("* welcome, " .. line .. "\n")
  else
    socket:write("? a name is letters and digits\n")
  end
end

local server = net.createServer(function(socket)
  local rest = ""
  socket:setEncoding("utf8")
  socket:write("? your name\n")
  socket:on("data", function(data)
    data = rest .. data
    local from = 1
    repeat
      local at = data:find("\n", from, true)
      if (at or #data + 1) - from > MAX_LINE then return socket:destroy() end
      if at then
        handle(socket, (data:sub(from, at - 1):gsub("\r$", "")))
        from = at + 1
      end
    until not at or socket.destroyed
    rest = data:sub(from)
  end)
  socket:on("error", function(err) print("client error: " .. err.message) end)
  socket:on("close", function()
    local name = clients[socket]
    clients[socket] = nil
    if name then broadcast("* " .. name .. " leaves") end
  end)
end)

server:on("error", function(err)
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end)
server:listen(PORT, "127.0.0.1", function()
  print("listening on 127.0.0.1:" .. server:address().port)
end)
net.run()
