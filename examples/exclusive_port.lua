-- A server that shares its port with nobody, and a second one that finds that out. It ends by itself.
-- usage: lua exclusive_port.lua [PORT]
--   PORT  on localhost, default 0: one that is free

local net = require("net")

if arg[1] == "--help" then
  print("usage: lua exclusive_port.lua [PORT]")
  os.exit(0)
end

-- A port of the command line; what is none is said, not guessed at.
local function to_port(text, default)
  if not text then return default end
  local port = text:find("^%d+$") and tonumber(text)
  if port and port <= 65535 then return port end
  io.stderr:write("not a port: " .. text .. "\n")
  os.exit(1)
end

local PORT = to_port(arg[1], 0)

local first = net.createServer()

first:on("error", function(err)
  io.stderr:write(tostring(err), "\n")
  os.exit(1)
end)

first:listen({ host = "localhost", port = PORT, exclusive = true }, function()
  local address = first:address()
  print(("the first server has port %d"):format(address.port))

  local second = net.createServer()
  second:on("error", function(err)
    -- The address has been resolved, so this names the one that is taken.
    print("the second server: " .. err.message)
    print("its code is " .. err.code)
    first:close()
  end)
  second:listen({ host = address.address, port = address.port, exclusive = true }, function()
    print("the second server has it as well")
    second:close()
    first:close()
  end)
end)

first:on("close", function() print("the first server is closed") end)

net.run()
