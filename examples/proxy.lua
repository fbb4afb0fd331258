-- A TCP proxy: whoever connects to it is connected to the target. It runs until it is killed.
-- usage: lua proxy.lua PORT TARGET_PORT [TARGET_HOST]
--   PORT  on 127.0.0.1 (0 for one that is free), TARGET_HOST  default localhost
-- Try it with `lua proxy.lua 8125 8124` before echo_server.lua.

local net = require("net")

if arg[1] == "--help" or not arg[2] then
  print("usage: lua proxy.lua PORT TARGET_PORT [TARGET_HOST]")
  os.exit(arg[1] == "--help" and 0 or 2)
end

io.stdout:setvbuf("line")

-- A port of the command line; what is none is said, not guessed at.
local function to_port(text)
  local port = text:find("^%d+$") and tonumber(text)
  if port and port <= 65535 then return port end
  io.stderr:write("not a port: " .. text .. "\n")
  os.exit(1)
end

local PORT = to_port(arg[1])
local IDLE = 120000 -- ms without traffic on one side
local target = { port = to_port(arg[2]), host = arg[3] or "localhost", allowHalfOpen = true }

-- With half-open connections the end of one direction is passed on, and the other goes on until its own end.
local server = net.createServer({ allowHalfOpen = true }, function(downstream)
  local upstream = net.connect(target)

  local function tie(one, other, name)
    one:on("error", function(err) print(name .. " error: " .. err.message) end)
    -- A side that is gone can neither send nor take: the other one has nobody to talk to. But what is queued for it was
    -- sent before the end, and it may read slowly; one that does not read at all is cut off.
    one:on("close", function() other:destroySoon() end)
    one:setTimeout(IDLE, function() one:destroy() end)
    one:pipe(other)
  end
  tie(downstream, upstream, "client")
  tie(upstream, downstream, "target")

  upstream:on("close", function()
    print(("done: %d bytes up, %d bytes down"):format(upstream.bytesWritten, upstream.bytesRead))
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
