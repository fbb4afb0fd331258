--- Programs that have to print the same whichever way their data takes.

local assert = require("luassert")
local child = require("spec.support.child")

local ways = {}

local PRELUDE = [[
local net = require("net")
local setTimeout, nextTick = net.timers.setTimeout, net.timers.nextTick
-- Two connected sockets: what a server accepted, and the client.
local function pair(callback, class)
  local server, accepted, client
  local function ready() if accepted and client then callback(accepted, client) end end
  server = net.createServer(function(socket) accepted = socket; server:close(); ready() end)
  server:listen(0, "127.0.0.1", function()
    local socket = (class or net.Socket)()
    socket:connect(server:address().port, "127.0.0.1", function() client = socket; ready() end)
  end)
end
-- Calls a function a few turns of the loop later: what is on its way arrives in them, however long they take.
local function turns(count, callback)
  if count == 0 then return callback() end
  net.timers.setImmediate(turns, count - 1, callback)
end
-- One after the other, each a while later: long enough for what came before to arrive.
local function steps(list)
  local at = 0
  local function step()
    at = at + 1
    if list[at] then list[at](); setTimeout(turns, 20, 6, step) end
  end
  step()
end
]]

-- The fast paths shut; open; and without LuaJIT's compiler, for which `write` has an entrance of its own.
ways.USUAL = { environment = "" }
local ALL = { { environment = "env UVNET_NO_FAST_LANES=1 " }, ways.USUAL }
if rawget(_G, "jit") then ALL[3] = { environment = "", flag = "-joff" } end

--- Runs a program: what it printed, and its status. It may print no errors.
function ways.run(way, text)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(PRELUDE, text)
  file:close()
  local command = way.flag and child.lua(way.flag, path) or child.lua(path)
  local output, status, errors = child.run(way.environment .. command)
  os.remove(path)
  child.cleanup()
  assert.equal("", errors)
  return output, status
end

--- A spec: all ways print this.
function ways.prints(expected, text)
  return function()
    for _, way in ipairs(ALL) do
      local output, status = ways.run(way, text)
      assert.equal(expected, output)
      assert.equal(0, status)
    end
  end
end

return ways
