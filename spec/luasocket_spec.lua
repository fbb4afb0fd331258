--- LuaSocket's interface over the loop: what its objects promise, in tasks and in the main program.

local luasocket = require("uvnet.luasocket")
local net = require("net")
local raised = require("spec.support.raised")
local random = require("spec.support.random")
local testing = require("uvnet.testing")
local turns = require("spec.support.turns")

local async, timers = net.async, net.timers

-- A connection: its two ends, and what closes them.
local function pair()
  local server = assert(luasocket.bind("127.0.0.1", 0))
  local _, port = server:getsockname()
  local client = assert(luasocket.connect("127.0.0.1", port))
  local peer = assert(server:accept())
  server:close()
  return client, peer
end

local function close(...)
  for i = 1, select("#", ...) do
    select(i, ...):close()
  end
end

local function pack(...) return { n = select("#", ...), ... } end

-- Gives the loop time to bring what was sent.
local function settle() luasocket.sleep(0.02) end

describe("uvnet.luasocket", function()
  after_each(turns.close_all)
  testing.leakCheck(before_each, after_each)

  it("is not loaded by require(\"net\")", function()
    local child = require("spec.support.child")
    local program = child.start(child.lua("-e", [[
      require("net")
      for name in pairs(package.loaded) do
        if name:find("luasocket") then print(name) end
      end
      print("end")
    ]]))
    assert.equal(0, program:wait())
    assert.equal("end\n", program:output())
  end)

  describe("receive", function()
    it("gives lines without newline and without carriage returns", function()
      local client, peer = pair()
      peer:send("one\r\nt\rwo\n\n\r\nrest")
      assert.equal("one", client:receive())
      assert.equal("two", client:receive("*l"))
      assert.equal("", client:receive("*l"))
      assert.equal("pre", client:receive("*l", "pre"))
      peer:close()
      assert.same({ n = 3, nil, "closed", "rest" }, pack(client:receive()))
      assert.same({ n = 3, nil, "closed", "" }, pack(client:receive()))
      client:close()
    end)

    it("gives so many bytes, of which the prefix has some", function()
      local client, peer = pair()
      peer:send("0123456789")
      assert.equal("0123", client:receive(4))
      assert.equal("ab45", client:receive(4, "ab"))
      assert.equal("abcdef", client:receive(4, "abcdef"))
      assert.equal("6", client:receive("1"))
      assert.equal("", client:receive(0))
      peer:shutdown("send")
      assert.same({ n = 3, nil, "closed", "x789" }, pack(client:receive(10, "x")))
      close(client, peer)
    end)

    it("gives everything up to the end, and then says closed", function()
      local client, peer = pair()
      local sent = ("0123456789"):rep(100000)
      async.run(function()
        peer:send(sent)
        peer:close()
      end)
      assert.is_true(sent == client:receive("*a"))
      assert.same({ n = 3, nil, "closed", "p" }, pack(client:receive("*a", "p")))
      client:close()
    end)

    it("gives what has come when the time is over, and goes on behind it", function()
      local client, peer = pair()
      client:settimeout(0.02)
      peer:send("abc")
      assert.same({ n = 3, nil, "timeout", "abc" }, pack(client:receive()))
      assert.same({ n = 3, nil, "timeout", "" }, pack(client:receive(5)))
      peer:send("de")
      assert.same({ n = 3, nil, "timeout", "pde" }, pack(client:receive("*a", "p")))
      peer:send("f\n")
      assert.equal("abcdef", client:receive("*l", "abcde"))
      close(client, peer)
    end)

    it("finds a line however it is cut, and with every pattern in turn", function()
      local rng = random(os.time() % 100000 + 1)
      local client, peer = pair()
      local text = {}
      for i = 1, 300 do
        text[i] = ("x"):rep(rng(40)) .. "\n"
      end
      text = table.concat(text)
      local task = async.run(function()
        local at = 1
        while at <= #text do
          local stop = math.min(#text, at + rng(200))
          assert(peer:send(text, at, stop))
          at = stop + 1
          if rng(3) == 0 then async.sleep(1) end
        end
        peer:close()
      end)
      local got = {}
      while true do
        local data, reason, partial
        if rng(2) == 0 then
          data, reason, partial = client:receive()
          data = data and data .. "\n"
        else
          data, reason, partial = client:receive(1 + rng(100))
        end
        got[#got + 1] = data or partial
        if not data then
          assert.equal("closed", reason)
          break
        end
      end
      assert.equal(text, table.concat(got))
      task:await()
      client:close()
    end)

    it("holds back a peer when nobody receives", function()
      local client, peer = pair()
      peer:settimeout(0.05)
      local sent, reason, last = peer:send(("x"):rep(64000000))
      assert.same({ nil, "timeout" }, { sent, reason })
      assert.is_true(last < 64000000)
      assert.is_true((client:getstats()) <= 4 * 65536)
      peer:close()
      assert.equal(last, #client:receive("*a"))
      client:close()
    end)

    it("loses nothing when its wait is broken off", function()
      local client, peer = pair()
      peer:send("abc")
      assert.equal("ERR_TIMEOUT", raised(async.timeout, 10, client.receive, client, 6).code)
      local task = async.run(client.receive, client)
      task:cancel()
      assert.equal("cancelled", task.state)
      peer:send("def\n")
      assert.equal("abcdef", client:receive())
      close(client, peer)
    end)

    it("refuses what is no pattern", function()
      local client, peer = pair()
      for _, pattern in ipairs({ "*x", "l", "*n", -1 }) do
        assert.truthy(tostring(raised(client.receive, client, pattern)):find("invalid receive pattern", 1, true))
      end
      close(client, peer)
    end)
  end)

  describe("send", function()
    it("sends from i to j, and gives back the last index", function()
      local client, peer = pair()
      assert.equal(5, client:send("0123456789", 3, 5))
      assert.equal(10, client:send("0123456789", -3))
      assert.equal(7, client:send("0123456789", 8, 3))
      assert.equal(3, client:send(123))
      assert.equal(0, client:send(""))
      assert.equal(10, client:send("0123456789", 3 - 2 ^ 53, 2 ^ 53))
      for _, behind in ipairs({ 12, 2 ^ 53, 2 ^ 70, math.huge }) do
        assert.equal(behind - 1, client:send("0123456789", behind))
        assert.equal(behind - 1, client:send("0123456789", behind, math.huge))
      end
      client:close()
      assert.equal("2347891230123456789", peer:receive("*a"))
      peer:close()
    end)

    it("says how far it came when the time is over; what follows goes on there", function()
      local client, peer = pair()
      local rng = random(os.time() % 100000 + 1)
      local all = {}
      for i = 1, 4000 do
        all[i] = ("%08d"):format(rng(99999999)):rep(1000)
      end
      all = table.concat(all)
      client:settimeout(0.02)
      local task = async.run(function()
        async.sleep(100)
        return peer:receive("*a")
      end)
      local at, timeouts = 0, 0
      while at < #all do
        local last, reason, so_far = client:send(all, at + 1)
        if not last then
          assert.equal("timeout", reason)
          timeouts = timeouts + 1
        end
        at = last or so_far
      end
      assert.is_true(timeouts > 0)
      client:close()
      assert.is_true(all == task:await())
      peer:close()
    end)

    it("says closed once the peer has gone", function()
      local client, peer = pair()
      peer:close()
      local last, reason, so_far
      repeat
        last, reason, so_far = client:send(("x"):rep(1000))
        settle()
      until not last
      assert.same({ "closed", 0 }, { reason, so_far })
      client:close()
    end)

    it("goes on after the peer has ended his side", function()
      local client, peer = pair()
      peer:shutdown("send")
      assert.same({ n = 3, nil, "closed", "" }, pack(client:receive()))
      assert.equal(3, client:send("yes"))
      client:shutdown("send")
      assert.same({ n = 3, nil, "closed", 0 }, pack(client:send("no")))
      assert.equal("yes", peer:receive("*a"))
      close(client, peer)
    end)
  end)

  describe("time", function()
    it("is limited by the wait and by the call", function()
      local client, peer = pair()
      assert.same({ -1, -1 }, { client:gettimeout() })
      assert.equal(1, client:settimeout(0.05, "b"))
      assert.equal(1, client:settimeout(0.1, "t"))
      assert.same({ 0.05, 0.1 }, { client:gettimeout() })
      -- Each byte comes in time, but all of them do not.
      local task = async.run(function()
        for _ = 1, 50 do
          if not peer:send("x") then break end
          async.sleep(20)
        end
      end)
      local data, reason, partial = client:receive(50)
      assert.same({ nil, "timeout" }, { data, reason })
      assert.is_true(#partial < 50)
      client:settimeout(nil, "b")
      client:settimeout(-1, "t")
      assert.equal(50 - #partial, #client:receive(50 - #partial))
      task:await()
      assert.truthy(raised(client.settimeout, client, 1, "x"):find("invalid timeout mode", 1, true))
      close(client, peer)
    end)

    it("of 0 waits for nobody, but lets the loop run", function()
      local client, peer = pair()
      client:settimeout(0)
      assert.same({ n = 3, nil, "timeout", "" }, pack(client:receive()))
      peer:send("main\n")
      local line
      repeat
        line = client:receive()
      until line
      assert.equal("main", line)
      local task = async.run(function()
        local count = 0
        while true do
          local got, _, partial = client:receive(4)
          count = count + 1
          if got then return got, count end
          assert.equal("", partial)
        end
      end)
      async.sleep(5)
      peer:send("task")
      local got, count = task:await()
      assert.equal("task", got)
      assert.is_true(count > 1)
      close(client, peer)
    end)

    it("can be asked for without waiting in any callback", function()
      local client, peer = pair()
      client:settimeout(0)
      peer:send("here\n")
      settle()
      local results = {}
      timers.setImmediate(function()
        results[1] = client:receive()
        results[2] = select(2, client:receive())
        client:settimeout(1)
        results[3] = raised(client.receive, client).code
      end)
      net.run()
      assert.same({ "here", "timeout", "ERR_INVALID_STATE" }, results)
      close(client, peer)
    end)

    it("passes in sleep, for others too", function()
      local log = {}
      async.run(function()
        async.sleep(1)
        log[#log + 1] = "other"
      end)
      local before = luasocket.gettime()
      luasocket.sleep(0.05)
      assert.is_true(luasocket.gettime() - before > 0.04)
      assert.same({ "other" }, log)
      assert.is_true(math.abs(luasocket.gettime() - os.time()) < 2)
    end)
  end)

  describe("a connection", function()
    it("that is refused says so, and can be tried again", function()
      local server = assert(luasocket.bind("127.0.0.1", 0))
      local _, port = server:getsockname()
      server:close()
      local client = luasocket.tcp()
      assert.same({ n = 2, nil, "connection refused" }, pack(client:connect("127.0.0.1", port)))
      assert.same({ n = 3, nil, "closed", "" }, pack(client:receive()))
      assert.same({ n = 3, nil, "closed", 0 }, pack(client:send("x")))
      assert.same({ n = 2, nil, "connection refused" }, pack(luasocket.connect("127.0.0.1", port)))
      server = assert(luasocket.bind("127.0.0.1", port))
      assert.equal(1, client:connect("127.0.0.1", port))
      assert.same({ n = 2, nil, "already connected" }, pack(client:connect("127.0.0.1", port)))
      assert.equal("127.0.0.1", (client:getpeername()))
      close(client, server)
    end)

    it("has names, statistics and options", function()
      local client = luasocket.tcp()
      assert.truthy(tostring(client):find("^tcp{master}: "))
      assert.equal(1, client:setoption("tcp-nodelay", true))
      local server = assert(luasocket.bind("127.0.0.1", 0))
      assert.truthy(tostring(server):find("^tcp{server}: "))
      local address, port, family = server:getsockname()
      assert.same({ "127.0.0.1", "inet" }, { address, family })
      assert.equal(1, client:connect("127.0.0.1", port))
      assert.truthy(tostring(client):find("^tcp{client}: "))
      local peer = server:accept()
      assert.same(pack(client:getsockname()), pack(peer:getpeername()))
      assert.same({ n = 3, "127.0.0.1", port, "inet" }, pack(client:getpeername()))
      assert.is_true(client:getoption("tcp-nodelay"))
      assert.equal(1, client:setoption("keepalive", true))
      assert.is_true(client:getoption("keepalive"))
      assert.equal(1, client:setoption("linger", { on = true, timeout = 5 }))
      assert.same({ on = true, timeout = 5 }, client:getoption("linger"))
      assert.truthy(raised(client.setoption, client, "nothing", 1):find("unsupported option `nothing'", 1, true))
      assert.truthy(raised(client.setoption, client, "keepalive", 1):find("boolean expected", 1, true))
      client:send("12345")
      assert.equal("123", peer:receive(3))
      assert.is_true(peer:dirty())
      assert.equal(5, (peer:getstats()))
      assert.equal(5, (select(2, client:getstats())))
      assert.equal(1, client:setstats(1, 2, 3))
      local received, sent, age = client:getstats()
      assert.same({ 1, 2 }, { received, sent })
      assert.is_true(age >= 3 and age < 30)
      close(client, peer, server)
      assert.equal(1, client:close())
      assert.equal(-1, client:getfd())
      assert.same({ n = 2, nil, "Bad file descriptor" }, pack(client:getpeername()))
    end)

    it("connects from where it is bound", function()
      local server = assert(luasocket.bind("127.0.0.1", 0))
      local _, port = server:getsockname()
      local client = assert(luasocket.connect("127.0.0.1", port, "127.0.0.1", 0))
      local peer = server:accept()
      assert.same(pack(client:getsockname()), pack(peer:getpeername()))
      assert.same({ n = 2, nil, "address already in use" }, pack(luasocket.bind("127.0.0.1", port)))
      local other = luasocket.tcp4()
      assert.equal(1, other:bind("127.0.0.1", 0))
      assert.is_true(select(2, other:getsockname()) > 0)
      other:close()
      assert.same({ n = 2, nil, "Address family for hostname not supported" }, pack(other:connect("::1", port)))
      close(client, peer, server)
    end)

    it("is given up when the time for connecting is over, and stands later", function()
      local server = assert(luasocket.bind("127.0.0.1", 0))
      local _, port = server:getsockname()
      local client = luasocket.tcp()
      client:settimeout(0)
      local ok, reason = client:connect("127.0.0.1", port)
      while not ok do
        assert.equal("timeout", reason)
        luasocket.select(nil, { client }, 1)
        ok, reason = client:connect("127.0.0.1", port)
        if reason == "already connected" then ok = 1 end
      end
      client:send("here\n")
      local peer = server:accept()
      assert.equal("here", peer:receive())
      close(client, peer, server)
    end)

    it("keeps no loop running by itself, and is closed when its object is collected", function()
      local ends = { pair() }
      assert.is_false(net.run("nowait"))
      net.run()
      ends[1] = nil
      collectgarbage()
      collectgarbage()
      assert.same({ n = 3, nil, "closed", "" }, pack(ends[2]:receive()))
      ends[2]:close()
    end)

    it("is one of a kind: methods of another are refused", function()
      local client, peer = pair()
      local master = luasocket.tcp()
      for name, object in pairs({ send = master, receive = master, accept = client, listen = client, bind = client }) do
        assert.truthy(raised(object[name], object, "x", 1):find("expected)", 1, true), name)
      end
      assert.truthy(raised(client.send, {}, "x"):find("tcp{client} expected", 1, true))
      close(client, peer, master)
    end)
  end)

  it("serves many at once, each in a task", function()
    local server = assert(luasocket.bind("127.0.0.1", 0))
    local _, port = server:getsockname()
    async.run(function()
      while true do
        local client = server:accept()
        if not client then break end
        async.run(function()
          local line = client:receive()
          while line do
            client:send(line:upper() .. "\n")
            line = client:receive()
          end
          client:close()
        end)
      end
    end)
    local count, most, now = 0, 0, 0
    for i = 1, 100 do
      async.run(function()
        local client = assert(luasocket.connect("127.0.0.1", port))
        now = now + 1
        most = math.max(most, now)
        for j = 1, 5 do
          client:send(("hello %d %d\n"):format(i, j))
          assert.equal(("HELLO %d %d"):format(i, j), client:receive())
        end
        client:close()
        now, count = now - 1, count + 1
        if count == 100 then server:close() end
      end)
    end
    net.run()
    assert.equal(100, count)
    assert.is_true(most > 10)
  end)

  describe("select", function()
    it("says who can be read and written, and when the time is over", function()
      local client, peer = pair()
      local r, w, reason = luasocket.select({ client, peer }, nil, 0)
      assert.same({ {}, {}, "timeout" }, { r, w, reason })
      async.run(function()
        async.sleep(10)
        peer:send("x")
      end)
      r, w, reason = luasocket.select({ client, peer }, nil)
      assert.is_nil(reason)
      assert.same({ 1, 0 }, { #r, #w })
      assert.equal(client, r[1])
      assert.equal(1, r[client])
      r, w = luasocket.select({ peer }, { client }, 1)
      assert.same({ 0, 1 }, { #r, #w })
      assert.equal(1, w[client])
      peer:close()
      settle()
      client:receive(1)
      assert.equal(client, luasocket.select({ client }, nil, 1)[1])
      client:close()
    end)

    it("waits for connections, and looks through whatever has getfd", function()
      local server = assert(luasocket.bind("127.0.0.1", 0))
      local _, port = server:getsockname()
      local client = assert(luasocket.connect("127.0.0.1", port))
      assert.equal(server, luasocket.select({ server }, nil, 5)[1])
      local peer = server:accept()
      if client:getfd() >= 0 then
        local source = luasocket.source("by-length", client, 3)
        assert.equal("timeout", select(3, luasocket.select({ source }, nil, 0.01)))
        peer:send("abc")
        assert.equal(source, luasocket.select({ source }, nil, 5)[1])
        assert.equal("abc", source())
        assert.is_nil(source())
      end
      close(client, peer, server)
    end)
  end)

  describe("exceptions", function()
    it("are raised by try, and caught by protect", function()
      local finalized = 0
      local try = luasocket.newtry(function()
        finalized = finalized + 1
      end)
      assert.same({ n = 3, 1, nil, 3 }, pack(try(1, nil, 3)))
      local protected = luasocket.protect(function(...) return try(...) end)
      assert.same({ n = 2, 1, 2 }, pack(protected(1, 2)))
      assert.same({ n = 2, nil, "why" }, pack(protected(nil, "why", 3)))
      assert.equal(1, finalized)
      assert.equal("mine", raised(luasocket.protect(function() error("mine", 0) end)))
      assert.same({ n = 2, 3, 4 }, pack(luasocket.skip(2, 1, 2, 3, 4)))
      assert.same({ n = 0 }, pack(luasocket.skip(9, 1)))
    end)

    it("let one wait within protect", function()
      local task = async.run(luasocket.protect(function()
        luasocket.sleep(0.005)
        luasocket.protect(function()
          luasocket.sleep(0.005)
          luasocket.try(nil, "inner")
        end)()
        luasocket.sleep(0.005)
        luasocket.try(nil, "outer")
      end))
      assert.same({ n = 2, nil, "outer" }, pack(task:await()))
    end)

    it("let a cancelled task go", function()
      local task = async.run(luasocket.protect(function() luasocket.sleep(60) end))
      task:cancel()
      assert.equal("cancelled", task.state)
    end)
  end)

  it("waits in a coroutine of somebody else where no loop runs", function()
    local client, peer = pair()
    local line = coroutine.wrap(function()
      peer:send("in a coroutine\n")
      return client:receive()
    end)()
    assert.equal("in a coroutine", line)
    close(client, peer)
  end)

  it("has unix sockets, too", function()
    local path = os.tmpname()
    os.remove(path)
    local server = luasocket.unix()
    assert.equal(1, server:bind(path))
    assert.equal(path, server:getsockname())
    assert.equal(1, server:listen())
    assert.equal(path, server:getsockname())
    local client = luasocket.unix.stream()
    assert.same({ n = 2, nil, "No such file or directory" }, pack(client:connect(path .. ".none")))
    assert.equal(1, client:connect(path))
    local peer = server:accept()
    client:send("over a path\n")
    assert.equal("over a path", peer:receive())
    close(client, peer, server)
    os.remove(path)
  end)

  it("is put in LuaSocket's place by install", function()
    local names = { "socket", "socket.core", "socket.unix" }
    local before = {}
    for _, name in ipairs(names) do
      before[name] = { package.loaded[name], package.preload[name] }
    end
    assert.equal(luasocket, luasocket.install())
    package.loaded.socket = nil
    local socket, core, unix = require("socket"), require("socket.core"), require("socket.unix")
    for _, name in ipairs(names) do
      package.loaded[name], package.preload[name] = before[name][1], before[name][2]
    end
    assert.equal(luasocket, socket)
    assert.equal(luasocket, core)
    assert.equal(luasocket.unix, unix)
  end)

  it("looks up names", function()
    assert.equal("127.0.0.1", (luasocket.dns.toip("127.0.0.1")))
    local address, resolved = luasocket.dns.toip("localhost")
    assert.truthy(address:find("^127%."))
    assert.equal(address, resolved.ip[1])
    assert.same({ n = 2, nil, "host not found" }, pack(luasocket.dns.toip("no.such.host.invalid")))
    assert.truthy(luasocket.dns.gethostname():find("."))
    local list = luasocket.dns.getaddrinfo("127.0.0.1")
    assert.same({ { family = "inet", addr = "127.0.0.1" } }, list)
  end)
end)
