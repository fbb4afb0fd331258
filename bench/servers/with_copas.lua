-- The servers on copas and LuaSocket, which has select() under it: arg = mode, port.
local socket = require("socket")
local copas = require("copas")

local mode, port = arg[1], tonumber(arg[2])
local modes = {}

function modes.echo(client)
  while true do
    local data, err, part = copas.receivePartial(client, 65536)
    data = data or part
    if data and #data > 0 then copas.send(client, data) end
    if err == "closed" then break end
  end
  client:close()
end

function modes.sink(client)
  local counted = 0
  while true do
    local data, err, part = copas.receivePartial(client, 65536)
    counted = counted + #(data or part or "")
    if err == "closed" then break end
  end
  copas.send(client, ("%d"):format(counted))
  client:close()
end

function modes.lines(client)
  local counted = 0
  while true do
    local line = copas.receive(client, "*l")
    if not line then break end
    counted = counted + #line + 1
  end
  copas.send(client, ("%d"):format(counted))
  client:close()
end

local serve = assert(modes[mode], "which mode?")
local server = socket.tcp()
server:setoption("reuseaddr", true)
assert(server:bind("127.0.0.1", port))
assert(server:listen(511))
copas.addserver(server, serve)
print(("ready %d"):format((select(2, server:getsockname()))))
io.stdout:flush()
copas.loop()
