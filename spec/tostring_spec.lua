--- `tostring` of what the module makes says what it is and how far it is, at any time of its life, and changes nothing.

local fast = require("uvnet.net.fast_path")
local net = require("net")
local testing = require("uvnet.testing")

local HOST = "127.0.0.1"

-- "Socket: 0x55d0c8 (closed)" → "Socket", "closed"
local function told(object)
  local text = tostring(object)
  local name, rest = text:match("^(%w+): %x*x?%x+(.*)$")
  assert.is_truthy(name, text)
  if rest == "" then return name, nil end
  return name, (assert(rest:match("^ %((.*)%)$"), text))
end

local function state(object) return (select(2, told(object))) end

local function without_addresses(text) return (text:gsub("^[%d%.:]+ [<>-]+ [%d%.:]+", "open")) end

describe("tostring", function()
  testing.leakCheck(before_each, after_each)

  it("names the class, and tells instances apart", function()
    local one, other = net.Socket(), net.Socket()
    assert.equal("Socket", (told(one)))
    assert.not_equal(tostring(one), tostring(other))
    assert.equal(tostring(one), tostring(one))
    assert.equal("Server", (told(net.createServer())))
    assert.equal("EventEmitter", (told(net.events())))
    assert.equal("PassThrough", (told(net.stream.PassThrough())))
    assert.equal("Door", (told(net.events:extend("Door")())))
    local timeout = net.timers.setTimeout(function() end, 1)
    assert.equal("Timeout", (told(timeout)))
    timeout:close()
  end)

  it("names a class", function()
    assert.equal("class Socket", tostring(net.Socket))
    assert.equal("class Door", tostring(net.events:extend("Door")))
  end)

  it("leaves the instance as it is", function()
    local socket = net.Socket()
    local metatable = getmetatable(socket)
    tostring(socket)
    assert.equal(metatable, getmetatable(socket))
    assert.is_nil(next(socket))
  end)

  it("shows both ends of a TCP connection, the server's the other way round", function()
    local client, accepted = testing.pair()
    local near, far = ("%s:%d"):format(HOST, client.localPort), ("%s:%d"):format(HOST, client.remotePort)
    assert.equal(near .. " -> " .. far, state(client))
    assert.equal(far .. " <- " .. near, state(accepted))
    client:destroy()
    accepted:destroy()
    assert.equal("closed", state(client))
    assert.equal("closed", state(accepted))
    testing.run()
    assert.equal("closed", state(client))
  end)

  it("shows how far a socket is, without unfolding it", function()
    local seen = {}
    local function look(socket)
      local before = rawget(socket, "_rs")
      seen[#seen + 1] = without_addresses(state(socket))
      assert.equal(before, rawget(socket, "_rs"))
    end
    local server = net.createServer()
    server:listen(0, HOST)
    testing.wait(server, "listening")
    local socket = net.Socket()
    look(socket)
    socket:connect(server:address().port, HOST)
    look(socket)
    local accepted = testing.wait(server, "connection")
    server:close()
    testing.run(function() return not socket.connecting end)
    look(socket)
    accepted:on("data", function() end)
    look(accepted)
    socket:finish("over")
    look(socket)
    accepted:on("end", function() look(accepted) end)
    accepted:on("close", function() look(accepted) end)
    socket:resume()
    testing.wait(socket, "close")
    testing.run()
    look(socket)
    assert.same({
      "not connected", "connecting", "open", "open", "open, readOnly", "open, writeOnly", "closed", "closed",
    }, seen)
  end)

  it("shows each stage of a lazy socket", function()
    if not fast.enabled then return pending("nothing is lazy without the fast paths") end
    local client, accepted = testing.pair()
    accepted:on("data", function() end)
    -- They last a tick each: here they are put on by hand.
    for stage, expected in pairs({
      ended = "open", finishing = "open, writeOnly", shutting = "open, closing", closed = "closed",
    }) do
      local handle = accepted._handle
      if stage == "closed" then
        accepted._handle = nil
      else
        handle:setStage(stage)
      end
      local text = state(accepted)
      accepted._handle = handle
      handle:setStage("open")
      assert.equal(expected, without_addresses(text))
      assert.is_nil(rawget(accepted, "_rs"))
    end
    client:destroy()
    accepted:destroy()
  end)

  it("shows a pipe, with its path where that is known", function()
    local path = testing.tmpPath()
    local server = net.createServer()
    server:listen(path)
    testing.wait(server, "listening")
    assert.equal("listening on " .. path, state(server))
    local client = net.connect(path)
    local accepted = testing.wait(server, "connection")
    testing.run(function() return not client.connecting end)
    assert.equal("pipe", state(client))
    assert.equal("pipe " .. path, state(accepted))
    assert.equal("listening on " .. path .. ", 1 connection", state(server))
    client:destroy()
    accepted:destroy()
    server:close()
  end)

  it("shows where a server listens, and how many connections it has", function()
    local server = net.createServer()
    assert.equal("not listening", state(server))
    server:listen(0, "localhost")
    assert.equal("looking up its host", state(server))
    server:close()
    testing.run()
    server:listen(0, HOST)
    testing.wait(server, "listening")
    local where = ("listening on %s:%d"):format(HOST, server:address().port)
    assert.equal(where, state(server))
    local sockets = {}
    for i = 1, 2 do
      sockets[i] = net.connect(server:address().port, HOST)
      sockets[i + 2] = testing.wait(server, "connection")
    end
    assert.equal(where .. ", 2 connections", state(server))
    server:close()
    assert.equal("not listening, 2 connections", state(server))
    for _, socket in ipairs(sockets) do
      socket:destroy()
    end
    assert.equal("not listening", state(server))
  end)

  it("puts an IPv6 address into brackets", function()
    local server = net.createServer()
    local refused
    server:on("error", function(err) refused = err end)
    server:listen(0, "::1")
    testing.run(function() return server.listening or refused end)
    if refused then return pending("no IPv6 here") end
    assert.equal(("listening on [::1]:%d"):format(server:address().port), state(server))
    server:close()
  end)

  it("does not raise, whatever has become of the object", function()
    local client, accepted = testing.pair()
    local Odd = net.Socket:extend("Odd")
    function Odd:_describe() error("odd") end -- luacheck: ignore 212
    assert.is_nil(state(Odd()))
    assert.equal("Odd", (told(Odd())))
    -- A handle that is closed, but still there.
    client._handle:close()
    assert.equal("Socket", (told(client)))
    client:destroy()
    local handle = accepted._handle
    accepted._handle = "no handle"
    assert.equal("Socket", (told(accepted)))
    accepted._handle = handle
    assert.equal("Server", (told(setmetatable({}, net.Server.__instance))))
    accepted:destroy()
  end)
end)
