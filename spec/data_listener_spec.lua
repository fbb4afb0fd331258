-- Where `data` has one listener, the core remembers it after two chunks. Whatever changes it is seen by the next chunk,
-- however many have gone to the one before.

local EventEmitter = require("uvnet.events")
local core = require("uvnet.core")
local testing = require("uvnet.testing")
local ways = require("spec.support.ways")

local prints = ways.prints

-- Three chunks go to one listener, `change` is made, and two more come.
local function after_three(change)
  return ([[
    local EventEmitter = net.events
    local function first(data) print("first " .. data) end
    local function second(data) print("second " .. data) end
    pair(function(socket, client)
      socket:on("data", first)
      local function send(text) return function() client:write(text) end end
      steps({
        send("1"), send("2"), send("3"),
        function() %s end,
        send("4"), send("5"),
        function() client:destroy(); socket:destroy() end,
      })
    end)
    net.run()
  ]]):format(change)
end

local BEFORE = "first 1\nfirst 2\nfirst 3\n"

describe("the listener of data", function()
  it("may be exchanged", prints(BEFORE .. "second 4\nsecond 5\n", after_three([[
    socket:removeListener("data", first); socket:on("data", second)
  ]])))

  it("may be exchanged past the socket's own methods", prints(BEFORE .. "second 4\nsecond 5\n", after_three([[
    EventEmitter.removeListener(socket, "data", first); EventEmitter.on(socket, "data", second)
  ]])))

  it("may get company", prints(BEFORE .. "first 4\nsecond 4\nfirst 5\nsecond 5\n", after_three([[
    socket:on("data", second)
  ]])))

  it("may get company before it, past the socket's own methods",
    prints(BEFORE .. "second 4\nfirst 4\nsecond 5\nfirst 5\n", after_three([[
    EventEmitter.prependListener(socket, "data", second)
  ]])))

  it("may get company for once", prints(BEFORE .. "first 4\nsecond 4\nfirst 5\n", after_three([[
    socket:once("data", second)
  ]])))

  it("may go, and come again for once", prints(BEFORE .. "second 4\n", after_three([[
    EventEmitter.removeAllListeners(socket, "data"); EventEmitter.once(socket, "data", second)
  ]])))

  it("may go with all others", prints(BEFORE .. "second 4\nsecond 5\n", after_three([[
    socket:removeAllListeners(); socket:on("data", second); socket:resume()
  ]])))

  it("may go with all others, past the socket's own methods", prints(BEFORE .. "second 4\nsecond 5\n", after_three([[
    EventEmitter.removeAllListeners(socket); EventEmitter.on(socket, "data", second)
  ]])))

  it("may go with all others, which is announced", prints(BEFORE .. "gone data\nsecond 4\nsecond 5\n", after_three([[
    socket:on("removeListener", function(event) print("gone " .. event) end)
    socket:removeAllListeners(); socket:on("data", second); socket:resume()
  ]])))

  it("may be exchanged by itself", prints("1\n2\n3\nother 4\nother 5\nother 6\nother 7\n", [[
    pair(function(socket, client)
      local function other(data) print("other " .. data) end
      local function one(data)
        print(data)
        if data == "3" then socket:off("data", one); socket:on("data", other) end
      end
      socket:on("data", one)
      local list = {}
      for i = 1, 7 do list[i] = function() client:write(tostring(i)) end end
      list[8] = function() client:destroy(); socket:destroy() end
      steps(list)
    end)
    net.run()
  ]]))

  it("may be exchanged by hand where the owner is a plain table", function()
    local handle, other = assert(core.tcp()), assert(core.tcp())
    local got = {}
    local accepted
    local server = {
      _onconnection = function(_, connection)
        accepted = connection
        accepted:attach({ _onwritten = function() end })
      end,
    }
    other:attach(server)
    assert(other:bind("127.0.0.1", 0))
    assert(other:listen(1))
    local _, port = other:sockname()
    local owner = {
      _onconnected = function() end,
      _events = { data = function(data) got[#got + 1] = "one " .. data end },
    }
    handle:attach(owner)
    assert(handle:connect("127.0.0.1", port))
    testing.run(function() return accepted end)
    handle:readStart()
    handle:directRead(true)
    for i = 1, 3 do
      accepted:write(tostring(i))
      testing.run(function() return #got == i end)
    end
    owner._events.data = function(data) got[#got + 1] = "two " .. data end
    accepted:write("4")
    testing.run(function() return #got == 4 end)
    assert.same({ "one 1", "one 2", "one 3", "two 4" }, got)
    handle:close()
    accepted:close()
    other:close()
    testing.run()
  end)

  it("is not kept once it has gone", function()
    local client, accepted = testing.pair()
    local kept = setmetatable({}, { __mode = "v" })
    local count = 0
    kept[1] = function() count = count + 1 end
    accepted:on("data", kept[1])
    for i = 1, 4 do
      client:write("x")
      testing.run(function() return count == i end)
    end
    EventEmitter.removeAllListeners(accepted, "data")
    collectgarbage()
    collectgarbage()
    assert.is_nil(kept[1])
    client:destroy()
    accepted:destroy()
    testing.run()
  end)
end)
