--- A host that forgets modules and loads them anew: hot reload, runners of tests that isolate.

local child = require("spec.support.child")
local testing = require("uvnet.testing")

-- A server and a client live through it; timers, ticks and immediates that wait come; the new ones work beside them.
local PROGRAM = [[
local said = {}
local function say(text) said[#said + 1] = text end
local function serve(net, name)
  local server = net.createServer(function(socket)
    socket:on("data", function(data) socket:write(name .. " heard " .. data) end)
  end)
  server:listen(0, "127.0.0.1")
  return server
end
local answered = {}
local function connect(net, server, name)
  local client = net.connect(server:address().port, "127.0.0.1")
  client:on("data", function(data)
    answered[name] = true
    say(name .. ": " .. data)
  end)
  return client
end
local old = require("net")
local timers = require("uvnet.timers")
local server = serve(old, "old")
old.run("nowait")
local client = connect(old, server, "old")
timers.setTimeout(say, 30, "old timer")
timers.setImmediate(say, "old immediate")
timers.nextTick(say, "old tick")
for name in pairs(package.loaded) do
  if name == "net" or name:find("^uvnet") and (ALL or name ~= "uvnet.core") then package.loaded[name] = nil end
end
FIRST
local new = require("net")
local later = require("uvnet.timers")
local fresh = serve(new, "new")
later.nextTick(say, "new tick")
new.run("nowait")
client:write("one")
local other = connect(new, fresh, "new")
other:write("two")
later.setTimeout(function()
  say("new timer")
  -- What is sent at once may come as one chunk.
  local function go_on()
    if not answered.old then return later.setTimeout(go_on, 10) end
    client:write("three")
    later.setTimeout(function()
      client:finish()
      other:finish()
      server:close()
      fresh:close()
    end, 60)
  end
  go_on()
end, 60)
new.run()
assert(new.Socket:isInstance(other) and new.Socket:isInstance(client))
assert(new.events:isInstance(server))
table.sort(said)
print(table.concat(said, "\n"))
os.exit(0, true)
]]

local EXPECTED = [[
new tick
new timer
new: new heard two
old immediate
old tick
old timer
old: old heard one
old: old heard three
]]

describe("a host that loads the modules anew", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  for _, all in ipairs({ "true", "false" }) do
    for _, first in ipairs({ "", "uvnet.timers", "uvnet.stream", "uvnet.dns", "uvnet.testing", "uvnet.events" }) do
      local what = all == "true" and "all of them" or "all but the core"
      it(("has one loop: %s, %s first"):format(what, first == "" and "net" or first), function()
        local program = PROGRAM:gsub("ALL", all):gsub("FIRST", first == "" and "" or ("require(%q)"):format(first))
        local output, status, problems = child.run(child.lua("-e", program))
        assert.equal(EXPECTED, output)
        assert.equal("", problems)
        assert.equal(0, status)
      end)
    end
  end
end)
