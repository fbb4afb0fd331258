--- The same program over LuaSocket and over uvnet.luasocket prints the same.

local child = require("spec.support.child")
local net = require("net")
local testing = require("uvnet.testing")
local turns = require("spec.support.turns")

local async = net.async

-- Both stand in their own process: this one's loop is the peer.
local has_luasocket = child.start(child.lua("-e", "require('socket').tcp()")):wait() == 0

-- The peer does what the first line tells him.
local orders = {}

function orders.slowly(socket, count, ms)
  for _ = 1, tonumber(count) do
    socket:writeAll("x")
    async.sleep(tonumber(ms))
  end
end

function orders.reset(socket) socket:resetAndDestroy() end

function orders.say(socket, text) socket:writeAll(text .. "\r\n") end

local function serve(socket)
  local line = socket:readLine()
  local order, first, second = line:match("^(%S+)%s*(%S*)%s*(%S*)")
  orders[order](socket, first, second)
end

local function output_of(mode, port)
  local program = child.start(child.lua("spec/support/luasocket_program.lua", mode, port))
  assert.equal(0, program:wait(60000), program:errors())
  return program:output()
end

describe("uvnet.luasocket", function()
  after_each(function()
    child.cleanup()
    turns.close_all()
  end)
  testing.leakCheck(before_each, after_each)

  it("answers as LuaSocket does", function()
    if not has_luasocket then return pending("needs LuaSocket for this Lua") end
    local server = net.createServer(async.wrap(serve)):listen(0, "127.0.0.1")
    testing.wait(server, "listening")
    local port = server:address().port
    local theirs, ours = output_of("theirs", port), output_of("ours", port)
    server:close()
    net.run()
    local expected, got = child.lines(theirs), child.lines(ours)
    assert.equal("the end", expected[#expected])
    for i = 1, #expected do
      assert.equal(expected[i], got[i])
    end
    assert.equal(#expected, #got)
  end)
end)
