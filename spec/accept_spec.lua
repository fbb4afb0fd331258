--- Accepting where something is short: whoever comes is served or told of.

local child = require("spec.support.child")
local net = require("uvnet")
local testing = require("uvnet.testing")

local SERVER = [[
  io.stdout:setvbuf("no")
  local net = require("net")
  local dropped, accepted = 0, 0
  local server = net.createServer(function(socket)
    accepted = accepted + 1
    socket:on("error", function() end)
    socket:resume()
  end)
  server:on("drop", function(data)
    assert(data.reason == "EMFILE", data.reason)
    assert(%s)
    dropped = dropped + 1
  end)
  local function report()
    if accepted + dropped == 40 then
      print("accepted " .. accepted .. " dropped " .. dropped)
      server:close()
      os.exit(0, true)
    end
  end
  net.timers.setInterval(report, 10)
  server:listen(%s, function()
    local where = server:address()
    print("at " .. (type(where) == "table" and where.port or where) .. ".")
  end)
  net.run()
]]

local has_ulimit = not package.config:find("^\\")

describe("a server whose process has no descriptor left", function()
  after_each(child.cleanup)

  testing.leakCheck(before_each, after_each)

  local path = os.tmpname() .. ".s"
  for name, listen in pairs({ ["over TCP"] = "0, '127.0.0.1'", ["over a unix socket"] = ("%q"):format(path) }) do
    it("tells of every connection that it drops, " .. name, function()
      if not has_ulimit then return pending("there is no ulimit") end
      local tcp = name == "over TCP"
      local check = tcp and "data.remotePort and data.localPort" or "true"
      local command = "sh -c 'ulimit -n 24; exec \"$@\"' sh " .. child.lua("-e", SERVER:format(check, listen))
      local server = child.start(command)
      local where = server:waitFor("at (.-)%.\n")
      local clients = {}
      for i = 1, 40 do
        clients[i] = net.connect(tcp and { port = tonumber(where), host = "127.0.0.1" } or { path = where })
        clients[i]:on("error", function() end)
        clients[i]:resume()
      end
      local accepted, dropped = server:waitFor("accepted (%d+) dropped (%d+)")
      assert.is_true(tonumber(accepted) > 0 and tonumber(dropped) > 0)
      for _, client in ipairs(clients) do
        client:destroy()
      end
      server:wait()
    end)
  end
end)
