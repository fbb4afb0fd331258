--- A host that has taken libraries away, before the modules are loaded or after.

local child = require("spec.support.child")
local testing = require("uvnet.testing")

local LIBRARIES = { "debug", "os", "io", "package", "coroutine", "debug os io package coroutine" }

-- What is used of each: an echo, timeouts, errors of every kind, a warning.
local PROGRAM = [[
local print, require, exit = print, require, os.exit
local function take_away()
  for name in ("NAMES"):gmatch("%a+") do
    if package and package.loaded then package.loaded[name] = nil end
    _G[name] = nil
  end
end
BEFORE
local net = require("net")
AFTER
local seen = {}
local server
server = net.createServer(function(socket)
  socket:setEncoding("utf8")
  socket:pipe(socket)
end)
server:listen(0, "127.0.0.1", function()
  local client = net.connect(server:address().port, "127.0.0.1")
  client:setTimeout(5000)
  client:on("data", function(data)
    seen[#seen + 1] = data
    client:finish()
  end)
  client:on("close", function() server:close() end)
  client:write("echo")
end)
net.run()
net.connect("/nowhere/at/all"):on("error", function(err) seen[#seen + 1] = err.code end)
net.run()
local ok, err = pcall(net.connect, { port = -1 })
seen[#seen + 1] = tostring(ok) .. " " .. err.code .. " " .. type(err.traceback)
net.events.warn = function(warning) seen[#seen + 1] = warning.name end
local emitter = net.events()
for _ = 1, 11 do emitter:on("x", print) end
net.timers.setTimeout(function() error("string") end, 1)
ok, err = pcall(net.run)
seen[#seen + 1] = tostring(ok) .. " " .. tostring(err):match("string")
net.dns.lookup("localhost", function(err) seen[#seen + 1] = tostring(err) end)
net.run()
print(table.concat(seen, "\n"))
exit(0, true)
]]

local EXPECTED = [[
echo
ENOENT
false ERR_SOCKET_BAD_PORT string
MaxListenersExceededWarning
false string
nil
]]

describe("a host without", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  for _, names in ipairs(LIBRARIES) do
    for _, when in ipairs({ "BEFORE", "AFTER" }) do
      it(("%s, taken away %s the modules are loaded, has sockets"):format(names, when:lower()), function()
        local other = when == "BEFORE" and "AFTER" or "BEFORE"
        local program = PROGRAM:gsub("NAMES", names):gsub(when, "take_away()"):gsub(other, "")
        local output, status, problems = child.run(child.lua("-e", program))
        assert.same({ EXPECTED, "", 0 }, { output, problems, status })
      end)
    end
  end
end)
