--- A host that forks: the child that ends takes nothing from its parent, the one that goes on has a loop of its own.

local child = require("spec.support.child")
local net = require("uvnet")
local posix = require("spec.support.posix")
local testing = require("uvnet.testing")

local prelude, reason = posix.prelude()

describe("a process that forks", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  local function it_forks(name, body)
    it(name, function()
      if not prelude then return pending(reason) end
      body()
    end)
  end

  local function start(program, values)
    local text = prelude .. 'io.stdout:setvbuf("no") local net = require("net") '
      .. program:gsub("$(%u+)", values or {})
    return child.start(child.lua("-e", text))
  end

  local function run(program, values)
    local one = start(program, values)
    local status = one:wait()
    return one:output() .. one:errors(), status
  end

  -- What a server answers to a word, or the error.
  local function ask(word, ...)
    local socket = net.connect(...)
    socket:setEncoding("utf8")
    local got, ended = "", false
    socket:on("data", function(data) got = got .. data end)
    socket:on("error", function(err) got = got .. tostring(err) end)
    socket:on("close", function() ended = true end)
    socket:finish(word)
    assert.is_true(child.poll(function() return ended end), "no answer")
    return got
  end

  -- Serves over TCP and a unix socket; FORK runs in a timer's callback, and then the process asks itself.
  local OUTLIVES = [[
    local parent = posix.pid()
    local tcp = net.createServer(function(socket) socket:finish("tcp") end)
    local unix = net.createServer(function(socket) socket:finish("unix") end)
    tcp:listen(0, "127.0.0.1")
    unix:listen("$PATH")
    local answers, ended = {}, 0
    local function ask(...)
      local socket = net.connect(...)
      socket:on("data", function(data) answers[#answers + 1] = data end)
      socket:on("error", function(err) answers[#answers + 1] = tostring(err) end)
      socket:on("close", function()
        ended = ended + 1
        if ended < 2 then return end
        tcp:close()
        unix:close()
        table.sort(answers)
        print(table.concat(answers, " "))
      end)
    end
    local function fork_and_ask()
      local pid = posix.fork()
      if pid == 0 then $CHILD end
      if posix.pid() == parent then
        print("child ended " .. posix.wait(pid))
        ask(tcp:address().port, "127.0.0.1")
        ask("$PATH")
      end
    end
    $WHERE
    if posix.pid() ~= parent then $END end
  ]]

  local ENDS = {
    ["the end of the script"] = { "net.stop() return", "return" },
    ["os.exit(0, true)"] = { "os.exit(0, true)", "os.exit(0, true)" },
    ["os.exit(0)"] = { "os.exit(0)", "os.exit(0)" },
    ["_exit"] = { "posix.exit(0)", "posix.exit(0)" },
    ["closing the servers"] = { "tcp:close() unix:close() return", "return" },
    ["closing the servers, and os.exit(0, true)"] = { "tcp:close() unix:close() os.exit(0, true)", "return" },
  }
  for name, how in pairs(ENDS) do
    it_forks("is not deaf after its child has ended by " .. name, function()
      local values = { PATH = testing.tmpPath(), CHILD = how[1], END = how[2] }
      values.WHERE = "net.timers.setTimeout(fork_and_ask, 1) net.run()"
      assert.same({ "child ended 0\ntcp unix\n", 0 }, { run(OUTLIVES, values) })
      values.PATH = testing.tmpPath()
      values.WHERE = 'net.run("nowait") fork_and_ask() if posix.pid() == parent then net.run() end'
      assert.same({ "child ended 0\ntcp unix\n", 0 }, { run(OUTLIVES, values) })
    end)
  end

  -- Says its pid; at "leave" it takes no more.
  local SERVES = [[
    local server
    server = net.createServer({ allowHalfOpen = true }, function(socket)
      socket:setEncoding("utf8")
      socket:once("data", function(word)
        if word == "leave" then server:close() end
        socket:finish(tostring(posix.pid()))
      end)
    end)
    server:listen($WHERE)
    net.run("nowait")
    print("port " .. tostring(type(server:address()) == "table" and server:address().port))
  ]]

  local PREFORK = SERVES .. "if posix.fork() == 0 then net.run() posix.exit(0) end net.run() os.exit(0, true)"

  -- Who is told to leave is replaced by the other, whichever it was.
  local function both_answer(...)
    local first = ask("leave", ...)
    local second = ask("hello", ...)
    assert.truthy(tonumber(first), first)
    assert.truthy(tonumber(second), second)
    assert.not_equal(first, second)
    assert.equal(second, ask("leave", ...))
  end

  it_forks("serves beside its child, over TCP", function()
    for _ = 1, 5 do
      local one = start(PREFORK, { WHERE = '0, "127.0.0.1"' })
      both_answer(tonumber(one:waitFor("port (%d+)\n")), "127.0.0.1")
      assert.equal(0, one:wait())
    end
  end)

  it_forks("serves beside its child within the callback that has forked", function()
    local within = SERVES .. "net.timers.setTimeout(posix.fork, 1) net.run() os.exit(0, true)"
    local one = start(within, { WHERE = '0, "127.0.0.1"' })
    both_answer(tonumber(one:waitFor("port (%d+)\n")), "127.0.0.1")
    assert.equal(0, one:wait())
  end)

  it_forks("serves over a unix socket after its child has; the file is its own", function()
    local path = testing.tmpPath()
    local program = SERVES .. [[
      local pid = posix.fork()
      if pid == 0 then net.run() os.exit(7, true) end
      if posix.wait(pid) ~= 7 then os.exit(1) end
      net.run()
      os.exit(0, true)
    ]]
    local one = start(program, { WHERE = ("%q"):format(path) })
    one:waitFor("port")
    both_answer(path)
    assert.equal(0, one:wait())
    assert.is_nil(io.open(path))
  end)

  it_forks("becomes a daemon", function()
    local one = start(SERVES .. [[
      if posix.fork() ~= 0 then os.exit(0, true) end
      if posix.fork() ~= 0 then os.exit(0, true) end
      net.timers.setTimeout(net.stop, 10000):unref()
      net.run()
      posix.exit(0)
    ]], { WHERE = '0, "127.0.0.1"' })
    local port = tonumber(one:waitFor("port (%d+)\n"))
    assert.equal(0, one:wait())
    assert.truthy(tonumber(ask("hello", port, "127.0.0.1")))
    assert.truthy(tonumber(ask("leave", port, "127.0.0.1")))
  end)

  it_forks("has timers, ticks and immediates in the child", function()
    local output = run([[
      net.timers.setTimeout(function() print("timer") end, 300)
      net.timers.setImmediate(function() print("immediate") end)
      net.timers.nextTick(function() print("tick") end)
      local pid = posix.fork()
      if pid == 0 then net.run() os.exit(0, true) end
      print("ended " .. posix.wait(pid))
      os.exit(0, true)
    ]])
    assert.equal("tick\nimmediate\ntimer\nended 0\n", output)
  end)

  it_forks("forks while there is more to write than the system takes", function()
    local output = run([[
      local much = ("x"):rep(4 * 1024 * 1024)
      local server = net.createServer(function(socket)
        socket:on("data", function()
          socket:write(much)
          local pid = posix.fork()
          if pid == 0 then
            net.timers.setTimeout(function() os.exit(3, true) end, 20)
          else
            print("child ended " .. posix.wait(pid))
            socket:finish()
          end
        end)
      end)
      server:listen(0, "127.0.0.1", function()
        local client, got = net.connect(server:address().port, "127.0.0.1"), 0
        client:write("go")
        client:on("data", function(data) got = got + #data end)
        client:on("end", function() print(got > 0) server:close() end)
      end)
      net.run()
    ]])
    assert.equal("child ended 3\ntrue\n", output)
  end)

  it_forks("forks after names have been looked up: the child looks up as well, and ends", function()
    if os.getenv("ASAN_OPTIONS") then return pending("LeakSanitizer waits for the parent's threads") end
    local output = run([[
      for round = 1, 10 do
        net.dns.lookup("localhost", function(err) assert(not err, err) end)
        net.run()
        local pid = posix.fork()
        if pid == 0 then
          local count = 0
          if round % 2 == 0 then
            net.dns.lookup("localhost", function(err) count = count + (err and 0 or 1) end)
            net.run()
          end
          os.exit(count, round % 4 < 2)
        end
        io.write(posix.wait(pid))
      end
    ]])
    assert.equal("0101010101", output)
  end)

  it_forks("forks while a name is looked up: the child may end before it is answered", function()
    if os.getenv("ASAN_OPTIONS") then return pending("LeakSanitizer waits for the parent's threads") end
    local output = run([[
      net.dns.lookup("localhost", function() end)
      local pid = posix.fork()
      if pid == 0 then
        for _ = 1, 4 do net.dns.lookup("localhost", function() end) end
        net.createServer():listen(0)
        os.exit(7, true)
      end
      io.write(posix.wait(pid))
      net.run()
    ]])
    assert.equal("7", output)
  end)

  it_forks("forks twice without its standard input", function()
    local _, status = child.run("sh -c " .. child.quote(child.lua("-e", prelude .. [[
      local net = require("net")
      local function generation(depth)
        local pid = posix.fork()
        if pid ~= 0 then return os.exit(posix.wait(pid), true) end
        net.createServer():listen(0):unref()
        net.run()
        if depth == 0 then os.exit(5, true) end
        generation(depth - 1)
      end
      generation(3)
    ]]) .. " <&-"))
    assert.equal(5, status)
  end)
end)
