local core = require("uvnet.core")
local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = sockets.HOST
local raised = sockets.raised
local serve = sockets.serve

local function nothing() end

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)

  describe("setTimeout", function()
    it("emits timeout after the time without traffic, once, and does not close", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local count, called = 0, 0
      client:on("timeout", function() count = count + 1 end)
      assert.equal(client, client:setTimeout(15, function() called = called + 1 end))
      assert.equal(15, client.timeout)
      testing.wait(client, "timeout")
      local later
      timers.setTimeout(function() later = true end, 50)
      testing.run(function() return later end)
      assert.equal(1, count)
      assert.equal(1, called)
      assert.is_false(client.destroyed)
      -- Traffic begins the time anew.
      client:write("x")
      testing.wait(client, "timeout")
      assert.equal(2, count)
      assert.equal(1, called)
      client:destroy()
      testing.run()
    end)

    it("emits once for each time without traffic, also after traffic, and after each traffic again", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local count = 0
      client:setTimeout(20):on("timeout", function() count = count + 1 end)
      client:write("x")
      testing.wait(client, "timeout")
      local function later(ms)
        local over
        timers.setTimeout(function() over = true end, ms)
        testing.run(function() return over end)
      end
      later(100)
      assert.equal(1, count)
      accepted:write("y")
      testing.run(function() return count == 2 end)
      later(100)
      assert.equal(2, count)
      client:destroy()
      testing.run()
    end)

    it("after a rest comes the whole time after the traffic, and not much later", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local fired, late, fired_late
      client:setTimeout(60):on("timeout", function()
        fired, fired_late = core.now(), late
      end)
      testing.wait(client, "timeout")
      for _, pause in ipairs({ 5, 30, 55, 85 }) do
        local written
        late = false
        timers.setTimeout(function()
          written = core.now()
          client:write("x")
          -- However slow the machine is, timers come in their order.
          timers.setTimeout(function() late = true end, 80):unref()
        end, pause)
        testing.wait(client, "timeout")
        assert.is_true(fired - written >= 60)
        assert.is_false(fired_late)
        testing.run(function() return late end)
      end
      client:destroy()
      testing.run()
    end)

    it("begins anew when its listener writes, and when its listener sets another time", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local count, moments, late, fired_late = 0, {}, false, nil
      client:setTimeout(40):on("timeout", function()
        count = count + 1
        moments[count], fired_late = core.now(), late
        if count == 1 then client:write("x") end
        if count == 2 then
          client:setTimeout(15)
          timers.setTimeout(function() late = true end, 40):unref()
        end
        if count == 3 then client:destroy() end
      end)
      testing.wait(client, "close")
      assert.equal(3, count)
      assert.is_true(moments[2] - moments[1] >= 40)
      assert.is_true(moments[3] - moments[2] >= 15)
      assert.is_false(fired_late)
      testing.run()
    end)

    it("is not emitted by a socket that another one's listener destroys or quiets in the same turn", function()
      local one, one_accepted = testing.pair()
      local two, two_accepted = testing.pair()
      local three, three_accepted = testing.pair()
      local order = {}
      for i, socket in ipairs({ one, two, three }) do
        socket:setTimeout(20):on("timeout", function()
          order[#order + 1] = i
          two:destroy()
        end)
      end
      -- All three are due by now.
      local till = core.now() + 40
      repeat until core.now() > till
      testing.wait(three, "timeout")
      assert.same({ 1, 3 }, order)
      for _, socket in ipairs({ one, three, one_accepted, two_accepted, three_accepted }) do
        socket:destroy()
      end
      testing.run()
    end)

    it("goes on with the next socket when a listener raises", function()
      local one, one_accepted = testing.pair()
      local two, two_accepted = testing.pair()
      local count, mistake = 0, {}
      one:setTimeout(15):on("timeout", function()
        count = count + 1
        error(mistake)
      end)
      two:setTimeout(15):on("timeout", function() count = count + 1 end)
      assert.equal(mistake, raised(testing.wait, two, "timeout"))
      local over
      timers.setTimeout(function() over = true end, 60)
      testing.run(function() return over end)
      assert.equal(2, count)
      for _, socket in ipairs({ one, two, one_accepted, two_accepted }) do
        socket:destroy()
      end
      testing.run()
    end)

    -- Three sockets of one time, traffic on the third, the first, the second; who was quiet first, by the last traffic?
    local function in_their_order(ms, meanwhile)
      local pairs_made, order, moments = {}, {}, {}
      for i = 1, 3 do
        local client, accepted = testing.pair()
        accepted:resume()
        pairs_made[i] = { client, accepted }
      end
      for i = 1, 3 do
        pairs_made[i][1]:setTimeout(ms):on("timeout", function() order[#order + 1] = i end)
      end
      for at, i in ipairs({ 3, 1, 2 }) do
        timers.setTimeout(function()
          moments[i] = core.now()
          pairs_made[i][1]:write("x")
        end, at * 10)
      end
      timers.setTimeout(meanwhile, 35)
      testing.run(function() return #order == 3 end)
      for _, pair in ipairs(pairs_made) do
        pair[1]:destroy()
        pair[2]:destroy()
      end
      testing.run()
      assert.is_true(moments[order[1]] <= moments[order[2]] and moments[order[2]] <= moments[order[3]])
    end

    it("keeps order among sockets of one time, by their last traffic", function()
      in_their_order(100, function() end)
    end)

    it("keeps that order when the loop is late for all of them", function()
      in_their_order(60, function()
        local till = core.now() + 80
        repeat until core.now() > till
      end)
    end)

    -- Two sockets of one time; what happens by their names, each at its ms, and then the loop is late for all.
    for name, case in pairs({
      ["one that had traffic, and one that is given its time anew, beside other timers"] = {
        function(one) one:write("x") end, function(_, two) two:setTimeout(60) end, { "one", "two" },
      },
      ["both that had traffic, beside other timers"] = {
        function(_, two) two:write("x") end, function(one) one:write("x") end, { "two", "one" },
      },
    }) do
      it("keeps the order of " .. name, function()
        local one, one_accepted = testing.pair()
        local two, two_accepted = testing.pair()
        local order, passed = {}, 0
        one:setTimeout(60, function() order[#order + 1] = "one" end)
        two:setTimeout(60, function() order[#order + 1] = "two" end)
        local started = core.now()
        timers.setTimeout(function() case[1](one, two) end, 10)
        timers.setTimeout(function() case[2](one, two) end, 20)
        timers.setTimeout(function()
          passed = core.now() - started
          local till = core.now() + 80
          repeat until core.now() > till
        end, 30)
        for i = 1, 6 do
          timers.setTimeout(function() end, 60 + i)
        end
        testing.run(function() return #order == 2 end)
        -- A machine that pauses meanwhile makes other traffic of it.
        if passed < 55 then assert.same(case[3], order) end
        for _, socket in ipairs({ one, two, one_accepted, two_accepted }) do
          socket:destroy()
        end
        testing.run()
      end)
    end

    it("has the order of the last traffic, also of what came after the first look at the time", function()
      local one, one_accepted = testing.pair()
      local two, two_accepted = testing.pair()
      local order, moments = {}, {}
      local sockets_of = { one = one, two = two }
      for name, socket in pairs(sockets_of) do
        socket:setTimeout(60, function() order[#order + 1] = name end)
      end
      local function write(name, at)
        timers.setTimeout(function()
          moments[name] = core.now()
          sockets_of[name]:write("x")
        end, at)
      end
      write("one", 10)
      write("two", 20)
      write("one", 68) -- its timer waits for what is left
      timers.setTimeout(function()
        local till = core.now() + 100
        repeat until core.now() > till
      end, 69)
      testing.run(function() return #order >= 2 end)
      local by_name = {}
      for at, name in ipairs(order) do
        by_name[name] = at
      end
      assert.equal(moments.two <= moments.one, by_name.two < by_name.one)
      for _, socket in ipairs({ one, two, one_accepted, two_accepted }) do
        socket:destroy()
      end
      testing.run()
    end)

    it("lets go of a socket that never connected", function()
      local weak = setmetatable({}, { __mode = "k" })
      local fired
      local function make()
        local socket = net.Socket()
        weak[socket] = true
        socket:setTimeout(5, function() fired = true end)
      end
      make()
      local over
      timers.setTimeout(function() over = true end, 30)
      testing.run(function() return over end)
      collectgarbage()
      collectgarbage()
      assert.is_true(fired)
      assert.is_nil(next(weak))
    end)

    it("is put off by traffic in either direction", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local count, fired_after, quiet = 0, nil, math.huge
      local last, answered = core.now(), {}
      client:setTimeout(80):on("timeout", function()
        -- What the peer has written counts when it is here.
        local moment = math.max(last, answered[client.bytesRead] or 0)
        quiet = math.min(quiet, core.now() - moment)
        fired_after = count
      end)
      local interval
      interval = timers.setInterval(function()
        count = count + 1
        if count % 2 == 0 then
          last = core.now()
          client:write("x")
        else
          answered[#answered + 1] = core.now()
          accepted:write("y")
        end
        if count == 10 then interval:close() end
      end, 20)
      testing.run(function() return fired_after == 10 end)
      assert.is_true(quiet >= 80 and quiet < math.huge)
      client:destroy()
      testing.run()
    end)

    it("is put off by what the system takes in part", function()
      local client, accepted = testing.pair()
      accepted:pause()
      local written, fired
      -- Made before, and of long pieces: to make it takes its time in an emulator and under AddressSanitizer.
      local data = ("x"):rep(1000):rep(20000)
      client:setTimeout(150, function() fired = core.now() end)
      timers.setTimeout(function()
        written = core.now()
        client:write(data)
      end, 100)
      testing.wait(client, "timeout")
      -- Once because of the write, and once because there is still something to send.
      assert.is_true(fired - written >= 300)
      client:destroy()
      accepted:destroy()
      testing.run()
    end)

    it("is switched off by 0, which takes the listener away too", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = record(client, nil, nil, { "timeout" })
      client:setTimeout(10, nothing)
      assert.equal(1, client:listenerCount("timeout"))
      client:setTimeout(0, nothing)
      assert.equal(0, client:listenerCount("timeout"))
      assert.equal(0, client.timeout)
      local fired = false
      client:on("timeout", function() fired = true end)
      local later
      timers.setTimeout(function() later = true end, 30)
      testing.run(function() return later end)
      assert.is_false(fired)
      assert.same({}, log)
      client:destroy()
      testing.run()
    end)

    it("is an option of createConnection", function()
      local server, port = serve(function(accepted) accepted:resume() end)
      local client = net.createConnection({ port = port, host = HOST, timeout = 15 })
      assert.equal(15, client.timeout)
      testing.wait(client, "timeout")
      client:destroy()
      server:close()
    end)

    it("does not keep the loop running", function()
      local socket = net.Socket()
      socket:setTimeout(60000)
      assert.is_false(net.run())
      socket:destroy()
      testing.run()
    end)

    -- Where there has never been another timer, and after the last one has been called.
    for _, before in ipairs({ "", "require('net').timers.setTimeout(print, 1, 'called') require('net').run()" }) do
      it("lets the program end" .. (before == "" and "" or ", also after a timeout"), function()
        local child = require("spec.support.child")
        local output, status = child.run(child.lua("-e", before .. [[
          local net = require("net")
          local server = net.createServer(function(socket)
            socket:setTimeout(60000)
            socket:resume()
            socket:unref()
          end)
          server:listen(0, "127.0.0.1", function()
            local client = net.connect(server:address().port, "127.0.0.1", function() server:close() end)
            client:setTimeout(60000)
            client:unref()
          end)
          net.run()
          print("ended")
        ]]))
        assert.equal(0, status)
        assert.truthy(output:find("ended\n$"), output)
        child.cleanup()
      end)
    end

    it("makes no stream tables, nor does asking for `destroyed`, which is right throughout", function()
      local seen = {}
      local server = serve(function(socket)
        socket:setTimeout(60000)
        local function note() seen[#seen + 1] = tostring(socket.destroyed) end
        socket:on("data", note)
        socket:on("close", note)
        note()
        seen.tables = rawget(socket, "_rs") or rawget(socket, "_ws")
      end)
      local client = net.connect(server:address().port, HOST)
      client:resume()
      client:write("x")
      testing.run(function() return #seen == 2 end)
      assert.is_nil(seen.tables)
      client:finish()
      testing.wait(client, "close")
      server:close()
      testing.run()
      assert.same({ "false", "false", "true" }, { seen[1], seen[2], seen[3] })
    end)

    it("throws for wrong arguments, in Node's words", function()
      local socket = net.Socket()
      local function text(...) return tostring(raised(socket.setTimeout, socket, ...)) end
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "msecs" argument must be of type number. Received undefined',
        text()
      )
      local range = 'RangeError [ERR_OUT_OF_RANGE]: The value of "msecs" is out of range. '
        .. "It must be a non-negative finite number. Received "
      assert.equal(range .. "-1", text(-1))
      assert.equal(range .. "NaN", text(0 / 0))
      assert.equal(range .. "Infinity", text(math.huge))
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "callback" argument must be of type function. '
          .. "Received type string ('x')",
        text(5, "x")
      )
    end)
  end)
end)

describe("the time of a socket", function()
  testing.leakCheck(before_each, after_each)

  local function compute(ms)
    local till = core.now() + ms
    repeat until core.now() >= till
  end

  local function wait(ms)
    local over
    timers.setTimeout(function() over = true end, ms)
    testing.run(function() return over end)
  end

  local function destroy(...)
    for _, socket in ipairs({ ... }) do
      socket:destroy()
    end
    testing.run()
  end

  it("counts from the call, also when somebody has computed for long before it", function()
    local client, accepted = testing.pair()
    accepted:resume()
    local from, fired
    client:setTimeout(60):on("timeout", function() fired = core.now() end)
    net.run("nowait")
    compute(100)
    from = core.now()
    client:write("x")
    testing.wait(client, "timeout")
    assert.is_true(fired - from >= 60)
    compute(50)
    from, fired = core.now(), nil
    client:setTimeout(40)
    testing.wait(client, "timeout")
    assert.is_true(fired - from >= 40)
    destroy(client, accepted)
  end)

  it("and timeouts come in the order in which they are due, however late the loop is", function()
    local client, accepted = testing.pair()
    local order = {}
    timers.setTimeout(function() order[#order + 1] = "first" end, 5)
    timers.setTimeout(function() order[#order + 1] = "third" end, 15)
    client:setTimeout(10):on("timeout", function() order[#order + 1] = "second" end)
    compute(30)
    wait(5)
    assert.same({ "first", "second", "third" }, order)
    destroy(client, accepted)
  end)

  it("takes no table without an option for a callback", function()
    local socket = net.Socket()
    for _, wrong in ipairs({ {}, { reed = true }, setmetatable({}, {}), 1, "x", true, false }) do
      for _, ms in ipairs({ 0, 1 }) do
        local err = raised(socket.setTimeout, socket, ms, wrong)
        assert.same({ "ERR_INVALID_ARG_TYPE", "TypeError" }, { err.code, err.name })
        assert.matches('The "callback" argument must be of type function', err.message, 1, true)
      end
    end
    assert.is_nil(socket.timeout)
    local callable = setmetatable({}, { __call = function() end })
    socket:setTimeout(1, callable):destroy()
  end)

  it("with { read = true } counts what the peer sends, and not what is written", function()
    local client, accepted = testing.pair()
    accepted:resume()
    client:resume()
    local fired = 0
    client:setTimeout(60, { read = true }, function() fired = fired + 1 end)
    assert.equal(60, client.timeout)
    local writer = timers.setInterval(function() client:write("x") end, 10)
    testing.run(function() return fired == 1 end)
    client:on("timeout", function() fired = fired + 1 end)
    wait(80)
    assert.equal(1, fired) -- once, until the peer sends again
    accepted:write("y")
    testing.run(function() return fired == 2 end)
    writer:close()
    destroy(client, accepted)
  end)

  it("is known to the socket before it connects, while it is open and after", function()
    local server = net.createServer(function(socket) socket:resume() end):listen(0, "127.0.0.1")
    testing.wait(server, "listening")
    local client = net.Socket()
    assert.is_nil(client.timeout)
    local early = 0
    client:setTimeout(20):on("timeout", function() early = early + 1 end)
    assert.equal(20, client.timeout)
    testing.run(function() return early == 1 end)
    client:connect(server:address().port, "127.0.0.1")
    testing.run(function() return early == 2 end)
    assert.equal(20, client.timeout)
    client:setTimeout(1000)
    assert.equal(1000, client.timeout)
    server:close()
    destroy(client)
    assert.equal(1000, client.timeout)
  end)

  it("costs no memory of Lua's", function()
    local client, accepted = testing.pair()
    local function measure(ms)
      collectgarbage()
      collectgarbage()
      local before = collectgarbage("count")
      client:setTimeout(ms)
      accepted:setTimeout(ms)
      collectgarbage()
      collectgarbage()
      return collectgarbage("count") - before
    end
    measure(100000)
    client:setTimeout(0)
    accepted:setTimeout(0)
    assert.is_true(measure(200000) <= 0.1)
    destroy(client, accepted)
  end)

  it("ends at its deadline, whatever comes", function()
    local client, accepted = testing.pair()
    accepted:resume()
    local from, failure = core.now(), nil
    client:setDeadline(60):on("error", function(err) failure = err end)
    local writer = timers.setInterval(function() client:write("x") end, 5)
    testing.wait(client, "close")
    writer:close()
    assert.equal("ERR_TIMEOUT", failure.code)
    assert.is_true(core.now() - from >= 60)
    destroy(accepted)
  end)

  it("has no deadline after setDeadline(0), and one that is set later counts from then", function()
    local client, accepted = testing.pair()
    client:on("error", function() end)
    client:setDeadline(20):setDeadline(0)
    wait(40)
    assert.is_false(client.destroyed)
    client:setDeadline(10000):setDeadline(10)
    testing.wait(client, "close")
    destroy(accepted)
  end)

  it("also ends before there is a handle", function()
    local client = net.Socket()
    local failure
    client:on("error", function(err) failure = err end):setDeadline(10)
    wait(30)
    assert.equal("ERR_TIMEOUT", failure and failure.code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(client.setDeadline, net.Socket(), "1").code)
    assert.equal("ERR_OUT_OF_RANGE", raised(client.setDeadline, net.Socket(), -1).code)
  end)
end)

describe("net.timers.now", function()
  it("goes forward, in ms with fractions", function()
    local from = timers.now()
    local again = from
    for _ = 1, 1000 do
      local now = timers.now()
      assert.is_true(now >= again)
      again = now
    end
    assert.is_true(again > from)
    assert.is_true(again - from < 10000)
    assert.is_true(math.abs(timers.now() - core.now()) < 1000)
  end)
end)
