--- How a server ends: shutdown, its connections as a whole, pause.

local core = require("uvnet.core")
local net = require("net")
local raised = require("spec.support.raised")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local turns = require("spec.support.turns")

local async = net.async

local function connected(server, port, count)
  local clients = {}
  for i = 1, count do
    clients[i] = net.connect(port, sockets.HOST)
    clients[i]:on("error", function() end)
  end
  testing.run(function() return server.connections == count end)
  return clients
end

describe("server", function()
  after_each(turns.close_all)
  testing.leakCheck(before_each, after_each)

  it("shutdown says goodbye, waits, destroys the rest, and tells how many", function()
    for _, way in ipairs({ "tcp", "path" }) do
      local heard, result = 0, nil
      local server = net.createServer(function(socket)
        socket:on("error", function() end)
        socket:on("shutdown", function()
          heard = heard + 1
          if heard <= 2 then socket:finish("bye") end
        end)
      end)
      local where = way == "path" and testing.tmpPath() or 0
      server:listen(where)
      testing.wait(server, "listening")
      for _ = 1, 3 do
        local client = net.connect(way == "path" and where or server:address().port)
        client:on("error", function() end)
        client:resume()
      end
      testing.run(function() return server.connections == 3 end)
      server:shutdown({ grace = 50 }, function(err, count) result = { err, count } end)
      assert.is_false(server.listening)
      testing.run(function() return result ~= nil end)
      assert.same({ nil, { ended = 2, destroyed = 1 } }, result)
      assert.equal(3, heard)
      net.run()
    end
  end)

  it("shutdown is over as soon as all have ended, and keeps no timer", function()
    local server, port = sockets.serve(function(socket)
      socket:on("shutdown", function() socket:finish() end)
    end)
    local clients = connected(server, port, 2)
    for _, client in ipairs(clients) do
      client:resume()
    end
    local start, count = core.now(), nil
    server:shutdown(function(_, result) count = result end)
    net.run()
    assert.same({ ended = 2, destroyed = 0 }, count)
    assert.is_true(core.now() - start < 9000)
  end)

  it("shutdown ends tasks that wait, by a deadline for each", function()
    local server, port = sockets.serve(async.wrap(function(socket)
      socket:on("shutdown", function() socket:finish("going down\n") end)
      while socket:readLine() do -- luacheck: ignore 542
      end
    end))
    local client = async.connect(port, sockets.HOST)
    server:shutdown({ grace = 5000 })
    assert.equal("going down", client:readLine())
    client:finish()
    client:finished()
    net.run()
  end)

  it("shutdown of one that is not open says so, and checks what it gets", function()
    local server, err = net.createServer(), nil
    server:shutdown(function(e) err = e end)
    net.run()
    assert.equal("ERR_SERVER_NOT_RUNNING", err.code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(server.shutdown, server, 5).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(server.shutdown, server, { grace = "5" }).code)
    assert.equal("ERR_OUT_OF_RANGE", raised(server.shutdown, server, { grace = -5 }).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(server.shutdown, server, {}, 5).code)
  end)

  it("goes through its open connections, and closes all of them, or those that are idle", function()
    local server, port = sockets.serve(function(socket)
      socket:on("error", function() end)
      socket:on("data", function(data) socket:write(data) end)
    end)
    local other, other_port = sockets.serve()
    local clients = connected(server, port, 3)
    connected(other, other_port, 1)
    local seen = 0
    for socket in server:eachConnection() do
      assert.equal(server, socket.server)
      seen = seen + 1
      if seen == 1 then
        -- Who is destroyed on the way is not met.
        local last
        for one in server:eachConnection() do
          last = one
        end
        last:destroy()
      end
    end
    assert.equal(2, seen)
    testing.run(function() return server.connections == 2 end)
    async.sleep(40)
    local busy
    for _, client in ipairs(clients) do
      if not client.destroyed and not busy then
        busy = client
        client:write("x")
        async.once(client, "data")
      end
    end
    server:closeIdleConnections(30)
    testing.run(function() return server.connections == 1 end)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(server.closeIdleConnections, server).code)
    server:closeAllConnections()
    testing.run(function() return server.connections == 0 end)
    assert.equal(1, other.connections)
  end)

  it("that is paused leaves connections in the system's queue, and takes them again", function()
    local count = 0
    local server, port = sockets.serve(function() count = count + 1 end)
    server:pause()
    for _ = 1, 3 do
      net.connect(port, sockets.HOST):on("error", function() end)
    end
    turns.run(20)
    async.sleep(20)
    assert.equal(0, count)
    server:resume()
    testing.run(function() return count == 3 end)
    server:pause()
    net.connect(port, sockets.HOST):on("error", function() end)
    async.sleep(20)
    assert.equal(3, count)
    server:close() -- and the one that waits goes with it
    turns.close_all()
    local paused = net.createServer(function() count = count + 1 end):pause()
    paused:listen(0, sockets.HOST)
    testing.wait(paused, "listening")
    net.connect(paused:address().port, sockets.HOST):on("error", function() end)
    async.sleep(20)
    assert.equal(3, count)
    paused:resume()
    testing.run(function() return count == 4 end)
  end)
end)
