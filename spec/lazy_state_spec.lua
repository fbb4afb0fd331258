--- What all sockets of a stage share says of them what their own tables would say: here those tables come from the slow
-- path, one stage after the other.

local fast = require("uvnet.net.fast_path")
local net = require("net")
local testing = require("uvnet.testing")
local ticks = require("uvnet.runtime.ticks")
local ways = require("spec.support.ways")

local prints = ways.prints

-- How far the work on the stack is; nobody looks in between.
local TRANSIENT = { guarded = true, emitting = true, calling = true }

-- What is absent, false or 0 is the same.
local function essence(side)
  local result = {}
  for name, value in pairs(side) do
    if value and value ~= 0 and not TRANSIENT[name] then result[name] = value end
  end
  return result
end

-- How a side differs from what it should be, as text.
local function difference(side, expected)
  local parts, mine, theirs = {}, essence(side), essence(expected)
  for name, value in pairs(mine) do
    if theirs[name] ~= value then parts[#parts + 1] = ("%s is %s"):format(name, tostring(value)) end
  end
  for name in pairs(theirs) do
    if mine[name] == nil then parts[#parts + 1] = ("%s is not set"):format(name) end
  end
  table.sort(parts)
  return table.concat(parts, ", ")
end

describe("The state of a lazy socket", function()
  testing.leakCheck(before_each, after_each)

  local enabled = fast.enabled

  after_each(function() fast.enabled = enabled end)

  it("is at each stage what the slow path makes of it", function()
    fast.enabled = false
    local stages = {}
    local server, accepted = net.createServer(), nil
    -- With a handle of its own it begins as any stream does: by read(0).
    function server:_onconnection(handle) -- luacheck: ignore 212
      accepted = net.Socket({ handle = handle })
    end
    testing.wait(server:listen(0, "127.0.0.1"), "listening")
    local client = net.connect(server:address().port, "127.0.0.1")
    testing.run(function() return accepted end)
    server:close()
    local function look(stage)
      local shared = fast.STATES[stage]
      stages[#stages + 1] = stage
      assert.equal("", difference(shared.readable, accepted._rs), stage .. ", readable")
      assert.equal("", difference(shared.writable, accepted._ws), stage .. ", writable")
    end
    look("open")
    function accepted:_onread(chunk, ...)
      net.Socket._onread(self, chunk, ...)
      if not chunk then look("ended") end
    end
    function accepted:_finishAfterEnd()
      look("finishing")
      net.Socket._finishAfterEnd(self)
      net.timers.nextTick(look, "shutting")
    end
    accepted:on("data", function() end)
    client:resume()
    local turned
    net.timers.setImmediate(function() turned = true end)
    testing.run(function() return turned end)
    look("flowing")
    client:finish()
    testing.wait(accepted, "close")
    look("closed")
    assert.same({ "open", "flowing", "ended", "finishing", "shutting", "closed" }, stages)
  end)

  it("is there to be looked at, without tables of the socket's own", function()
    if not fast.enabled then return pending("nothing is lazy without the fast paths") end
    local client, accepted = testing.pair()
    client:resume()
    accepted:on("data", function() end)
    local function look(expected)
      assert.equal(expected, accepted.readyState)
      assert.same({ 0, 0, 0, false, false }, {
        accepted.readableLength, accepted.writableLength, accepted.writableCorked, accepted.writableNeedDrain,
        accepted.destroyed and accepted._handle ~= nil,
      })
      assert.is_nil(rawget(accepted, "_rs"))
      assert.is_nil(rawget(accepted, "_ws"))
    end
    look("open")
    assert.is_true(accepted.readable)
    assert.is_true(accepted.readableFlowing)
    accepted:on("close", function() look("closed") end)
    client:finish()
    testing.wait(accepted, "close")
    assert.is_true(accepted.destroyed)
    assert.is_true(accepted.readableEnded)
    assert.is_true(accepted.writableFinished)
    assert.is_false(accepted.readableDidRead)
    look("closed")
  end)

  it("cannot be changed by one of them", function()
    for _, sides in pairs(fast.STATES) do
      assert.has_error(function() sides.readable.flown = true end)
      assert.has_error(function() sides.writable.flown = true end)
    end
  end)

  it("is the socket's own as soon as it is changed", function()
    local client, accepted = testing.pair()
    local other_client, other = testing.pair()
    accepted:on("data", function() end)
    other:on("data", function() end)
    accepted:pause()
    assert.is_true(accepted:isPaused())
    assert.is_false(other:isPaused())
    accepted:cork()
    assert.equal(1, accepted.writableCorked)
    assert.equal(0, other.writableCorked)
    for _, socket in ipairs({ client, accepted, other_client, other }) do
      socket:destroy()
    end
  end)
end)

describe("A lazy socket", function()
  it("emits `resume` in its turn among the ticks, whenever somebody comes to listen", prints(
    "1\nresume of the first\n2\n1\nresume of the second\n2\n1\n2\n", [[
    local number = 0
    local server
    server = net.createServer(function(socket)
      number = number + 1
      local mine = number
      local function listen()
        socket:on("resume", function() print("resume of the " .. (mine == 1 and "first" or "second")) end)
      end
      nextTick(function() print(1); if mine == 2 then listen() end end)
      socket:on("data", function() end)
      nextTick(function() print(2); if mine == 3 then listen() end end)
      if mine == 1 then listen() end
      if mine == 3 then server:close() end
    end)
    server:listen(0, "127.0.0.1", function()
      local function connect(times)
        local socket = net.connect(server:address().port, "127.0.0.1")
        socket:resume():on("close", function() if times > 1 then connect(times - 1) end end)
        socket:on("connect", function() socket:finish() end)
      end
      connect(3)
    end)
    net.run()
  ]]))

  it("stays writable when its peer ends, if its server or it is half-open", prints("late\nlate\n", [[
    local function serve(options, each)
      local server
      server = net.createServer(options, function(socket)
        server:close()
        each(socket)
        socket:on("data", function() end)
        setTimeout(function() socket:finish("late") end, 50)
      end)
      server:listen(0, "127.0.0.1", function()
        local client = net.connect(server:address().port, "127.0.0.1")
        client:on("data", print)
        client:finish()
      end)
      net.run()
    end
    serve({ allowHalfOpen = true }, function() end)
    serve({}, function(socket) socket.allowHalfOpen = true end)
  ]]))

  it("has every method called that it, its class or a parent gets on the way", prints(
    "destroy\nfinal\nclass destroy\n", [[
    local function one(change)
      pair(function(accepted, client)
        accepted:on("data", function() end)
        client:resume()
        setTimeout(function()
          change(accepted)
          client:finish()
        end, 20)
      end)
      net.run()
    end
    local destroy = net.Socket._destroy
    one(function(socket)
      function socket:_destroy(...) print("destroy"); return destroy(self, ...) end
    end)
    one(function(socket)
      function socket:_final(...) print("final"); return net.Socket._final(self, ...) end
    end)
    one(function(socket)
      function net.Socket._destroy(self, ...)
        if self == socket then print("class destroy") end
        return destroy(self, ...)
      end
    end)
  ]]))

  it("ends in the order in which it would with tables of its own", prints("tick\nend\nfinish\nclose false\n", [[
    pair(function(accepted, client)
      accepted:on("data", function()
        nextTick(function()
          print("tick")
          for _, event in ipairs({ "end", "finish" }) do
            accepted:on(event, function() print(event) end)
          end
          accepted:on("close", function(had_error) print("close " .. tostring(had_error)) end)
        end)
      end)
      client:resume():finish("x")
    end)
    net.run()
  ]]))
end)

describe("A place in the queue of ticks", function()
  it("is behind what was queued before it, and before what was queued later", function()
    local seen = {}
    local function note(name) seen[#seen + 1] = name end
    ticks.later(note, 1)
    local place = ticks.place()
    ticks.later(note, 3)
    assert.is_true(ticks.at(place, note, 2))
    ticks.drain()
    assert.same({ 1, 2, 3 }, seen)
  end)

  it("can be taken until what is behind it has its turn", function()
    local seen, place = {}, nil
    local function note(name) seen[#seen + 1] = name end
    local function take(name) note(ticks.at(place, note, name)) end
    ticks.later(take, "at once")
    place = ticks.place()
    ticks.drain()
    ticks.later(note, "before")
    place = ticks.place()
    ticks.later(take, "too late")
    ticks.later(note, "behind")
    ticks.drain()
    take("much too late")
    ticks.drain()
    assert.same({ true, "at once", "before", false, "behind", false }, seen)
  end)
end)
