--- `autoSelectFamily = "parallel"` and `connectTimeout`, and how an address is chosen where nothing is said.

local child = require("spec.support.child")
local core = require("uvnet.core")
local net = require("net")
local raised = require("spec.support.raised")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local setTimeout = net.timers.setTimeout

-- Nobody listens there; a connection is refused.
local REFUSED = "127.0.0.3"
-- Where nobody answers: a child that listens and never accepts.
local HOLE, HOLE2 = "127.0.0.2", "127.0.0.6"

local function has_addresses()
  local handle = core.tcp()
  local ok = handle:bind(HOLE, 0, false)
  handle:close()
  return ok and child.has("mkfifo")
end

local HOLDS = [[
local core, net = require("uvnet.core"), require("net")
for _, address in ipairs({ %q, %q }) do
  local handle = core.tcp()
  assert(handle:bind(address, %d, false))
  net.createServer():listen(handle, 1)
end
io.stdout:write("ready\n")
io.stdout:flush()
io.open(%q) -- waits for a writer that never comes
]]

-- Fills the queue of a socket that nobody accepts from, until a connection does not stand any more.
local function dig(port)
  local fifo = testing.tmpPath()
  assert(os.execute("mkfifo " .. fifo))
  local digger = child.start(child.lua("-e", HOLDS:format(HOLE, HOLE2, port, fifo)))
  digger:waitFor("ready")
  local fillers = {}
  local function fill(address)
    for _ = 1, 20 do
      local filler = net.connect({ port = port, host = address, connectTimeout = 400 })
      fillers[#fillers + 1] = filler
      local full, over = false, false
      filler:on("connect", function() over = true end)
      filler:on("error", function() full, over = true, true end)
      testing.run(function() return over end)
      if full then return end
    end
    error("the queue is not full")
  end
  fill(HOLE)
  fill(HOLE2)
  return function()
    for _, filler in ipairs(fillers) do
      filler:destroy()
    end
    child.cleanup()
    os.remove(fifo)
  end
end

local function lookup_of(...)
  local answer = {}
  for i, address in ipairs({ ... }) do
    answer[i] = { address = address, family = net.isIP(address) }
  end
  return function(_, _, callback) net.timers.nextTick(callback, nil, answer) end
end

describe('autoSelectFamily = "parallel"', function()
  local server, port, received, log
  after_each(function()
    if server.listening then server:close() end
    testing.run()
  end)
  testing.leakCheck(before_each, after_each)
  before_each(function()
    received, log = {}, {}
    server, port = sockets.serve(function(socket) received[#received + 1] = sockets.collect(socket) end)
  end)

  local function connect(lookup, options)
    local all = { port = port, host = "host.example", autoSelectFamily = "parallel", lookup = lookup }
    for name, value in pairs(options or {}) do
      all[name] = value
    end
    local socket = net.Socket(all)
    for _, event in ipairs({ "connectionAttempt", "connectionAttemptFailed", "connectionAttemptTimeout" }) do
      socket:on(event, function(address, _, _, err)
        log[#log + 1] = event:gsub("connection", "") .. " " .. address .. (err and " " .. err.code or "")
      end)
    end
    for _, event in ipairs({ "connect", "ready", "close" }) do
      socket:on(event, function() log[#log + 1] = event end)
    end
    return socket:connect(all)
  end

  local function outcome(socket)
    local failure, over
    socket:on("connect", function() over = true end)
    socket:on("error", function(err) failure = err end)
    socket:on("close", function() over = true end)
    testing.run(function() return over end)
    return failure
  end

  it("tries the next address at once when one fails", function()
    local socket = connect(lookup_of(REFUSED, "127.0.0.1"), { autoSelectFamilyAttemptTimeout = 60000 })
    assert.is_nil(outcome(socket))
    assert.same({ REFUSED .. ":" .. port, "127.0.0.1:" .. port }, socket.autoSelectFamilyAttemptedAddresses)
    assert.equal("127.0.0.1", socket.remoteAddress)
    socket:destroy()
    testing.run(function() return log[#log] == "close" end)
    assert.same({
      "Attempt " .. REFUSED, "AttemptFailed " .. REFUSED .. " ECONNREFUSED", "Attempt 127.0.0.1", "connect", "ready",
      "close",
    }, log)
  end)

  it("gives all failures in one error when all fail", function()
    local err = outcome(connect(lookup_of(REFUSED, "127.0.0.4", "127.0.0.5")))
    assert.equal("AggregateError", err.name)
    assert.equal("ECONNREFUSED", err.code)
    assert.equal(3, #err.errors)
    assert.equal("connect ECONNREFUSED 127.0.0.4:" .. port, err.errors[2].message)
    assert.equal("close", log[#log])
    assert.equal(7, #log)
  end)

  it("connects after the delay, past an address where nobody answers, and leaves nothing behind", function()
    if not has_addresses() then return pending("127.0.0.2 is needed") end
    local fill_up = dig(port)
    local ours = "127.0.0.1"
    for _, addresses in ipairs({ { HOLE, ours }, { HOLE, REFUSED, ours }, { HOLE, HOLE2, ours } }) do
      log, received = {}, {}
      local socket = connect(lookup_of(addresses[1], addresses[2], addresses[3]), {
        autoSelectFamilyAttemptTimeout = 30,
        connectTimeout = 60000,
      })
      assert.is_nil(outcome(socket))
      assert.equal("127.0.0.1", socket.remoteAddress)
      local tried = socket.autoSelectFamilyAttemptedAddresses
      assert.equal(#addresses, #tried)
      assert.equal("127.0.0.1:" .. port, tried[#tried])
      assert.equal("Attempt " .. HOLE, log[1])
      for _, entry in ipairs(log) do
        assert.is_nil(entry:find("AttemptTimeout"))
      end
      -- The socket works as any other: what is written arrives, and ends.
      socket:finish("hello")
      testing.run(function() return received[1] and table.concat(received[1]) == "hello" end)
      testing.run(function() return log[#log] == "close" end)
      assert.equal(1, #received)
    end
    fill_up()
  end)

  it("ends with all attempts when it is destroyed, when its time is over and when a signal says so", function()
    if not has_addresses() then return pending("127.0.0.2 is needed") end
    local fill_up = dig(port)
    local function begin(options)
      options.autoSelectFamilyAttemptTimeout = 10
      log = {}
      return connect(lookup_of(HOLE, HOLE2), options)
    end
    local socket = begin({ connectTimeout = 60 })
    local err = outcome(socket)
    assert.equal("ERR_SOCKET_CONNECTION_TIMEOUT", err.code)
    assert.equal("close", log[#log])

    local controller = net.AbortController()
    socket = begin({ signal = controller.signal })
    setTimeout(function() controller:abort("enough") end, 40)
    err = outcome(socket)
    assert.same({ "ABORT_ERR", "enough" }, { err.code, err.cause })
    assert.equal(0, controller.signal:listenerCount("abort"))

    socket = begin({})
    setTimeout(function() socket:destroy() end, 40)
    assert.is_nil(outcome(socket))
    assert.equal("close", log[#log])

    fill_up()
  end)

  it("goes on when a listener raises", function()
    local socket = connect(lookup_of(REFUSED, "127.0.0.1"))
    socket:once("connectionAttempt", function() error({ code = "FIRST" }) end)
    socket:once("connectionAttemptFailed", function() error({ code = "SECOND" }) end)
    local codes, over = {}, false
    socket:on("connect", function() over = true end)
    while not over do
      local ok, err = pcall(net.run, "once")
      if not ok then codes[#codes + 1] = err.code end
    end
    assert.same({ "FIRST", "SECOND" }, codes)
    assert.equal("127.0.0.1", socket.remoteAddress)
    socket:destroy()
  end)

  it("may be destroyed in each of its events", function()
    for _, event in ipairs({ "lookup", "connectionAttempt", "connectionAttemptFailed" }) do
      log = {}
      local socket = connect(lookup_of(REFUSED, "127.0.0.1"))
      socket:once(event, function() socket:destroy() end)
      assert.is_nil(outcome(socket))
      assert.equal("close", log[#log])
    end
  end)

  it("passes over blocked addresses", function()
    local list = net.BlockList()
    list:addAddress(REFUSED)
    local socket = connect(lookup_of(REFUSED, "127.0.0.1"), { blockList = list })
    assert.is_nil(outcome(socket))
    assert.equal("AttemptFailed " .. REFUSED .. " ERR_IP_BLOCKED", log[1])
    socket:destroy()
  end)

  it("takes families in turn, the first one's first", function()
    local socket = connect(lookup_of("::1", "::2", REFUSED, "127.0.0.4"), { port = 1 })
    assert.is_table(outcome(socket))
    assert.same({ "::1:1", REFUSED .. ":1", "::2:1", "127.0.0.4:1" }, socket.autoSelectFamilyAttemptedAddresses)
  end)

  it("can be what is done where nothing is said", function()
    net.setDefaultAutoSelectFamily("parallel")
    local socket = net.connect({ port = port, host = "x", lookup = lookup_of(REFUSED, "127.0.0.1") })
    local failed
    socket:on("connectionAttemptFailed", function() failed = true end)
    local err = outcome(socket)
    net.setDefaultAutoSelectFamily(true)
    assert.is_nil(err)
    assert.is_true(failed)
    socket:destroy()
  end)
end)

describe("connectTimeout", function()
  testing.leakCheck(before_each, after_each)

  it("is over when the connection stands", function()
    local server, port = sockets.serve(function(socket) socket:resume() end)
    local socket = net.connect({ port = port, host = sockets.HOST, connectTimeout = 60000 })
    testing.wait(socket, "connect")
    server:close()
    socket:finish()
    socket:resume()
    testing.run() -- no timer is left to wait for
  end)

  it("counts the lookup, too", function()
    local socket = net.connect({ port = 1, host = "x", lookup = function() end, connectTimeout = 20 })
    local err = testing.wait(socket, "error")
    assert.equal("ERR_SOCKET_CONNECTION_TIMEOUT", err.code)
    assert.is_true(socket.destroyed)
  end)

  it("is a time", function()
    assert.equal("ERR_INVALID_ARG_TYPE", raised(net.connect, { port = 1, connectTimeout = "1" }).code)
    for _, ms in ipairs({ -1, 0 / 0, math.huge }) do
      assert.equal("ERR_OUT_OF_RANGE", raised(net.connect, { port = 1, connectTimeout = ms }).code)
    end
  end)
end)

describe("the defaults of autoSelectFamily", function()
  testing.leakCheck(before_each, after_each)
  after_each(function()
    net.setDefaultAutoSelectFamily(true)
    net.setDefaultAutoSelectFamilyAttemptTimeout(500)
  end)

  it("are true and 500 ms, and can be set", function()
    assert.is_true(net.getDefaultAutoSelectFamily())
    assert.equal(500, net.getDefaultAutoSelectFamilyAttemptTimeout())
    net.setDefaultAutoSelectFamily(false)
    assert.is_false(net.getDefaultAutoSelectFamily())
    net.setDefaultAutoSelectFamilyAttemptTimeout(5)
    assert.equal(10, net.getDefaultAutoSelectFamilyAttemptTimeout())
    net.setDefaultAutoSelectFamilyAttemptTimeout(123)
    assert.equal(123, net.getDefaultAutoSelectFamilyAttemptTimeout())
  end)

  it("are what is done: false asks for one address", function()
    net.setDefaultAutoSelectFamily(false)
    local asked
    local socket = net.connect({ port = 1, host = "x", lookup = function(_, options, callback)
      asked = options
      callback(nil, REFUSED, 4)
    end })
    assert.equal("ECONNREFUSED", testing.wait(socket, "error").code)
    assert.is_nil(asked.all)
    assert.is_nil(rawget(socket, "autoSelectFamilyAttemptedAddresses"))
  end)

  it("refuse what is none", function()
    for _, wrong in ipairs({ "x", 1, {} }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.setDefaultAutoSelectFamily, wrong).code)
      assert.equal("ERR_INVALID_ARG_TYPE", raised(net.connect, { port = 1, autoSelectFamily = wrong }).code)
    end
    assert.equal("ERR_INVALID_ARG_TYPE", raised(net.setDefaultAutoSelectFamily).code)
    assert.equal("ERR_INVALID_ARG_TYPE", raised(net.setDefaultAutoSelectFamilyAttemptTimeout, "1").code)
    for _, wrong in ipairs({ 0, -1, 1.5, 2147483648, 0 / 0 }) do
      assert.equal("ERR_OUT_OF_RANGE", raised(net.setDefaultAutoSelectFamilyAttemptTimeout, wrong).code)
      assert.equal("ERR_OUT_OF_RANGE", raised(net.connect, { port = 1, autoSelectFamilyAttemptTimeout = wrong }).code)
    end
  end)
end)
