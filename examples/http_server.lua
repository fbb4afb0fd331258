-- A small HTTP/1.0 server. It runs until it is killed.
-- usage: lua http_server.lua [PORT]
--   PORT  on 127.0.0.1, default 8080 (0 for one that is free)
-- Try it with `curl -i http://127.0.0.1:8080/` and `curl http://127.0.0.1:8080/hello/Lua`.

local net = require("net")

if arg[1] == "--help" then
  print("usage: lua http_server.lua [PORT]")
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

local PORT = to_port(arg[1], 8080)
local MAX_HEAD = 8192 -- bytes

local function respond(method, path)
  if method ~= "GET" and method ~= "HEAD" then return "405 Method Not Allowed", "GET or HEAD, please\n" end
  if path == "/" then return "200 OK", "It works, in " .. _VERSION .. ".\n" end
  local name = path:match("^/hello/(%w+)$")
  if name then return "200 OK", "Hello, " .. name .. "!\n" end
  return "404 Not Found", "There is no " .. path .. " here.\n"
end

local function send(socket, method, status, body)
  print(status)
  socket:write(("HTTP/1.0 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"):format(status, #body))
  -- HTTP/1.0: the end of the connection is the end of the answer.
  socket:finish(method ~= "HEAD" and body or nil)
end

-- A client may half-close after its request; it still gets its answer.
local server = net.createServer({ allowHalfOpen = true }, function(socket)
  local head = ""
  socket:setTimeout(10000, function() socket:destroy() end)
  socket:on("error", function(err) print("client error: " .. err.message) end)
  socket:on("end", function() socket:finish() end)
  socket:on("data", function(data)
    if not socket.writable then return end -- answered; what follows, such as a body, is read and dropped
    head = head .. data
    local at = head:find("\r?\n\r?\n")
    if (at or #head) > MAX_HEAD then
      send(socket, nil, "431 Request Header Fields Too Large", "Too long.\n")
    elseif at then
      local method, path = head:match("^(%u+) (%S+) HTTP/1%.%d\r?\n")
      if not method then return send(socket, nil, "400 Bad Request", "That is no HTTP.\n") end
      send(socket, method, respond(method, path))
    end
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
