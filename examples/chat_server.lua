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

local MAX_LINE = 1000 -- bytes
local clients = {} -- socket -> name
local function broadcast(text, except)
  print(text)
  for socket in pairs(clients) do
    if socket ~= except then socket:write(text .. "\n") end
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
    rest = (rest .. data):gsub("([^\n]*)\n", function(line)
      handle(socket, (line:gsub("\r$", "")))
      return ""
    end)
    if #rest > MAX_LINE then socket:destroy() end
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
server:listen(tonumber(arg[1]) or 8124, "127.0.0.1", function()
  print("listening on 127.0.0.1:" .. server:address().port)
end)
net.run()
