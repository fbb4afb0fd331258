--- The server of docs/protocol-server.md against peers that mean harm: its block store.lua is what is tested here. What
-- ends early, reads slowly, sends a byte at a time or breaks off, it meets in recipes_spec.lua, too.

local blocks = require("spec.support.blocks")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = "127.0.0.1"
local PATIENCE = 30000 -- ms: under valgrind all takes twenty times as long
local VALUE = ("v"):rep(65536)
local MOST = 2 * 65536 + 16384 -- bytes that one connection may have queued: an answer above the high-water mark

local store = blocks.load("docs/protocol-server.md", "store.lua")

describe("the server of docs/protocol-server.md", function()
  local server, ours, most, errors

  after_each(function()
    if server.listening then server:close() end
    net.process:removeAllListeners("uncaughtException")
    -- No peer makes the program raise.
    assert.same({}, errors)
  end)
  testing.leakCheck(before_each, after_each)

  -- `ours` is the server's side of the latest connection, `most` what it has had queued at most.
  local function start(idle)
    errors, most, ours = {}, 0, nil
    net.process:on("uncaughtException", function(err) errors[#errors + 1] = tostring(err) end)
    server = store.createServer({ idle = idle })
    server:prependListener("connection", function(socket)
      local write, finish = socket.write, socket.finish
      local function measure(result)
        most = math.max(most, socket.writableLength)
        return result
      end
      function socket:write(...) return measure(write(self, ...)) end
      function socket:finish(...) return measure(finish(self, ...)) end
      ours = socket
    end)
    server:listen(0, HOST)
    testing.wait(server, "listening")
  end

  local function connect()
    local client = net.connect({ port = server:address().port, host = HOST, noDelay = true, allowHalfOpen = true })
    local got = {}
    client:on("data", function(data) got[#got + 1] = data end)
    client:on("error", function() end)
    client:on("end", function() client:finish() end)
    function client.got() return table.concat(got) end
    return client
  end

  local function wait_until(condition) testing.run(condition, PATIENCE) end

  local function rest_of(client)
    wait_until(function() return client.destroyed end)
    return client.got()
  end

  local function nobody_is_left()
    wait_until(function() return server.connections == 0 end)
  end

  -- Everybody else is served as ever.
  local function serves()
    local client = connect()
    client:finish("GET nobody\nQUIT\n")
    assert.equal("NONE\r\nBYE\r\n", rest_of(client))
  end

  it("answers who has asked all, ended, and reads late and slowly", function()
    start(PATIENCE)
    local client = connect()
    client:pause()
    client:finish("PUT a 65536\n" .. VALUE .. ("GET a\n"):rep(100))
    client:on("data", function()
      client:pause()
      timers.setTimeout(function() client:resume() end, 1)
    end)
    timers.setTimeout(function() client:resume() end, 50)
    local expected = "OK\r\n" .. ("VALUE 65536\r\n" .. VALUE):rep(100)
    assert.is_true(expected == rest_of(client))
    assert.is_true(most <= MOST, most)
    nobody_is_left()
  end)

  it("takes thousands of requests in one chunk, and one that comes a byte at a time", function()
    start(PATIENCE)
    local client = connect()
    client:finish(("GET a\n"):rep(20000))
    assert.is_true(("NONE\r\n"):rep(20000) == rest_of(client))
    client = connect()
    local text, at = "PUT a 6\r\n1\n2\r\n3GET a\r\nQUIT\r\n", 0
    local function send()
      at = at + 1
      client:write(text:sub(at, at))
      if at < #text then timers.setImmediate(send) end
    end
    send()
    assert.equal("OK\r\nVALUE 6\r\n1\n2\r\n3BYE\r\n", rest_of(client))
  end)

  it("refuses a line without an end, and keeps nothing of what follows", function()
    start(PATIENCE)
    local client = connect()
    local sent = 0
    local function pour()
      while sent < 16 * 1024 * 1024 do
        sent = sent + 65536
        if not client:write(("x"):rep(65536)) then return end
      end
    end
    client:on("drain", pour)
    pour()
    local held = 0
    wait_until(function()
      if ours then held = math.max(held, ours.readableLength) end
      return client.destroyed
    end)
    assert.equal("ERROR line too long\r\n", client.got())
    assert.is_true(held <= 2 * 65536, held)
    for _, text in ipairs({ ("x"):rep(300), ("x"):rep(300) .. "\n" }) do
      client = connect()
      client:write(text)
      assert.equal("ERROR line too long\r\n", rest_of(client))
    end
    serves()
  end)

  it("refuses a value that is too long before it comes", function()
    start(PATIENCE)
    for _, length in ipairs({ "65537", "4294967296", ("9"):rep(150) }) do
      local client = connect()
      client:write("PUT a " .. length .. "\r\n")
      assert.equal("ERROR value too long\r\n", rest_of(client))
    end
    serves()
  end)

  it("stores nothing of a value that was cut off", function()
    start(PATIENCE)
    for _, text in ipairs({ "PUT a 5\n", "PUT a 5\n123" }) do
      local client = connect()
      client:finish(text)
      assert.equal("", rest_of(client))
    end
    local client = connect()
    client:finish("GET a\n")
    assert.equal("NONE\r\n", rest_of(client))
  end)

  it("outlives who resets, wherever in the dialogue", function()
    start(PATIENCE)
    for _, text in ipairs({ "", "GE", "PUT a 5\n1", "PUT a 65536\n" .. VALUE .. ("GET a\n"):rep(100) }) do
      local client = connect()
      client:pause()
      testing.wait(client, "connect")
      if text ~= "" then
        client:write(text)
        wait_until(function() return ours and ours.bytesRead > 0 end)
      end
      client:resetAndDestroy()
      nobody_is_left()
      ours = nil
    end
    serves()
  end)

  it("tells who is silent, and who sends a byte now and then, and hangs up", function()
    start(200)
    local silent, dripping = connect(), connect()
    dripping:write("PUT a 60000\n")
    local drip = timers.setInterval(function()
      if not dripping.destroyed then dripping:write(".") end
    end, 10)
    assert.equal("ERROR idle\r\n", rest_of(silent))
    -- What it still sends may meet a connection that is closed by force: then the farewell can be lost.
    local farewell = rest_of(dripping)
    assert.is_true(farewell == "ERROR idle\r\n" or farewell == "", farewell)
    drip:close()
    nobody_is_left()
  end)

  for _, how in ipairs({ "has ended", "has not ended" }) do
    it("cuts off who never reads the answers, and " .. how, function()
      start(100)
      local client = connect()
      client:pause()
      local text = "PUT a 65536\n" .. VALUE .. ("GET a\n"):rep(10000)
      if how == "has ended" then client:finish(text) else client:write(text) end
      wait_until(function() return ours and ours.destroyed end)
      assert.is_true(most <= MOST, most)
      nobody_is_left()
      client:destroy()
    end)
  end

  it("ends with grace: who can say goodbye does, who does not hear it is destroyed", function()
    start(PATIENCE)
    local waiting, amid, deaf = connect(), connect(), connect()
    waiting:write("GET a\n")
    amid:write("GET a\nPUT b 5\n12")
    wait_until(function() return waiting.got() == "NONE\r\n" and amid.got() == "NONE\r\n" end)
    deaf:pause()
    deaf:write("PUT a 65536\n" .. VALUE .. ("GET a\n"):rep(10000))
    wait_until(function() return most > 65536 end)
    local count
    server:shutdown({ grace = 1000 }, function(_, result) count = result end)
    assert.equal("NONE\r\nERROR going down\r\n", rest_of(waiting))
    assert.equal("NONE\r\nERROR going down\r\n", rest_of(amid))
    wait_until(function() return count end)
    assert.equal(3, count.ended + count.destroyed)
    assert.is_true(count.destroyed >= 1)
    deaf:destroy()
  end)
end)
