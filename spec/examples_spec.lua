local child = require("spec.support.child")
local lfs = require("lfs")
local net = require("net")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")
local tree = require("spec.support.tree")

local HOST = "127.0.0.1"
local PATIENCE = 60000 -- ms

-- Starts an example that listens, and gives it and its port back.
local function listening(name, ...)
  local server = child.start(child.example(name, ...))
  return server, tonumber(server:waitFor("listening on 127%.0%.0%.1:(%d+)\n"))
end

-- A client that collects what it gets in `text`.
local function visit(port)
  local visitor = { text = "", closed = false }
  visitor.socket = net.connect(port, HOST)
  visitor.socket:on("data", function(data) visitor.text = visitor.text .. data end)
  visitor.socket:on("error", function(err) visitor.err = err end)
  visitor.socket:on("close", function() visitor.closed = true end)

  function visitor:expect(text)
    testing.run(function() return self.text:find(text, 1, true) end, PATIENCE)
  end

  function visitor:expect_close()
    testing.run(function() return self.closed end, PATIENCE)
    return self.text
  end

  return visitor
end

describe("the example", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  describe("echo_server.lua", function()
    it("echoes over TCP, and echo_client.lua ends with status 0", function()
      local server, port = listening("echo_server", 0)
      local output, status, errors = child.run(child.example("echo_client", port))
      assert.equal("", errors)
      assert.equal("connected to server!\nhello\r\nworld!\r\ndisconnected from server\n", output)
      assert.equal(0, status)
      server:waitFor("client connected\nclient disconnected\n")
    end)

    it("echoes over a unix socket", function()
      local path = testing.tmpPath()
      local server = child.start(child.example("echo_server", path))
      assert.equal(path, server:waitFor("listening on ([^\n]+)\n"))
      local output, status = child.run(child.example("echo_client", path))
      assert.equal("connected to server!\nhello\r\nworld!\r\ndisconnected from server\n", output)
      assert.equal(0, status)
      server:waitFor("client connected\nclient disconnected\n")
      os.remove(path)
    end)

    it("runs in any directory", function()
      local server = child.start(child.example("echo_server", 0), { directory = "/" })
      local port = server:waitFor("listening on 127%.0%.0%.1:(%d+)\n")
      local _, status = child.run(child.example("echo_client", port), { directory = "/" })
      assert.equal(0, status)
    end)

    it("survives a client that breaks off", function()
      local _, port = listening("echo_server", 0)
      local visitor = visit(port)
      visitor:expect("hello\r\n")
      visitor.socket:resetAndDestroy()
      visitor:expect_close()
      local _, status = child.run(child.example("echo_client", port))
      assert.equal(0, status)
    end)

    it("says which port is taken, and ends with status 1", function()
      local _, port = listening("echo_server", 0)
      local _, status, errors = child.run(child.example("echo_server", port))
      assert.equal(1, status)
      assert.equal(("Error: listen EADDRINUSE: address already in use 127.0.0.1:%d\n"):format(port), errors)
    end)
  end)

  it("echo_client.lua says what fails, and ends with status 1", function()
    local port = testing.freePort()
    testing.run()
    local output, status, errors = child.run(child.example("echo_client", port))
    assert.equal("", output)
    assert.equal(1, status)
    assert.equal(("Error: connect ECONNREFUSED 127.0.0.1:%d\n"):format(port), errors)
  end)

  it("goodbye_server.lua says goodbye on a port that is free", function()
    local server = child.start(child.example("goodbye_server"))
    local port = server:waitFor("opened server on [%x:.]+ port (%d+) %(IPv%d%)\n")
    assert.equal("goodbye\n", visit(tonumber(port)):expect_close())
  end)

  it("eaddrinuse_retry.lua waits until the port is free", function()
    local holder = net.createServer()
    holder:listen(0, HOST)
    testing.wait(holder, "listening")
    local port = holder:address().port
    local server = child.start(child.example("eaddrinuse_retry", port, 50))
    server:waitFor("Address in use, retrying...\nAddress in use, retrying...\n")
    holder:close()
    server:waitFor(("listening on 127.0.0.1:%d\n"):format(port))
    local visitor = visit(port)
    visitor.socket:finish("echo")
    assert.equal("echo", visitor:expect_close())
  end)

  it("exclusive_port.lua shows that a port has one server", function()
    local output, status, errors = child.run(child.example("exclusive_port"))
    assert.equal("", errors)
    assert.equal(0, status)
    local port = output:match("^the first server has port (%d+)\n")
    assert.is_truthy(port)
    assert.truthy(output:find("the second server: listen EADDRINUSE: address already in use ", 1, true))
    assert.truthy(output:find("its code is EADDRINUSE\n", 1, true))
    assert.truthy(output:find("the first server is closed\n$"))
  end)

  it("idle_timeout.lua hangs up on who is silent, but not on who talks", function()
    -- Long enough that no pause of the machine makes the talker silent.
    local server, port = listening("idle_timeout", 0, 600)
    local silent, talker = visit(port), visit(port)
    local count = 0
    local interval = timers.setInterval(function()
      count = count + 1
      talker.socket:write("x")
    end, 30)
    assert.equal("you are too quiet, bye\n", silent:expect_close())
    assert.is_false(talker.closed)
    assert.is_true(count > 2)
    interval:close()
    assert.truthy(talker:expect_close():find("^I heard %d+ bytes\n.*you are too quiet, bye\n$"))
    server:waitFor("socket timeout\nclosed in order\nsocket timeout\nclosed in order\n")
  end)

  it("chat_server.lua passes lines on to all, with names", function()
    local server, port = listening("chat_server", 0)
    local ann, bob = visit(port), visit(port)
    ann:expect("? your name\n")
    bob:expect("? your name\n")
    ann.socket:write("Ann\r\n")
    ann:expect("* welcome, Ann\n")
    -- Lines may come in pieces, or several at once.
    bob.socket:write("not a name\nBo")
    bob:expect("? a name is letters and digits\n")
    bob.socket:write("b\nhello é\nsecond\n")
    ann:expect("* Bob joins\nBob: hello é\nBob: second\n")
    bob:expect("Bob: second\n")
    ann.socket:write("bye\n")
    bob:expect("Ann: bye\n")
    ann.socket:destroy()
    bob:expect("* Ann leaves\n")
    bob.socket:finish()
    bob:expect_close()
    server:waitFor("%* Ann leaves\n%* Bob leaves\n")
  end)

  describe("proxy.lua", function()
    it("passes both directions on, half-closed ones too", function()
      local target = net.createServer({ allowHalfOpen = true }, function(socket)
        local text = ""
        socket:on("data", function(data) text = text .. data end)
        -- Answers only when the question has ended.
        socket:on("end", function() socket:finish(text:upper()) end)
      end)
      target:listen(0, HOST)
      testing.wait(target, "listening")
      local server, port = listening("proxy", 0, target:address().port, HOST)
      local visitor = visit(port)
      visitor.socket.allowHalfOpen = true
      visitor.socket:write("through ")
      visitor.socket:finish(("the proxy "):rep(20000))
      assert.equal("THROUGH " .. ("THE PROXY "):rep(20000), visitor:expect_close())
      server:waitFor("done: 200008 bytes up, 200008 bytes down\n")
      target:close()
    end)

    it("closes the client's connection when the target refuses, and goes on", function()
      local free = testing.freePort()
      testing.run()
      local server, port = listening("proxy", 0, free, HOST)
      visit(port):expect_close()
      visit(port):expect_close()
      server:waitFor("target error: connect ECONNREFUSED.*target error: connect ECONNREFUSED")
    end)
  end)

  -- The same service by events, and by tasks.
  for _, store in ipairs({ "kv_server", "kv_tasks" }) do
    describe(store .. ".lua", function()
      it("sets, gets and deletes", function()
        local _, port = listening(store, 0)
        local visitor = visit(port)
        visitor.socket:write("GET a\nSET a one two\nGET a\r\nDEL a\nDEL a\nGET a\nFLY\nQUIT\nGET a\n")
        assert.equal("NONE\nOK\nVALUE one two\nOK\nNONE\nNONE\nERROR unknown request\nBYE\n", visitor:expect_close())
      end)

      it("keeps what one client sets for another, whatever the pieces it comes in", function()
        local _, port = listening(store, 0)
        local one, two = visit(port), visit(port)
        one.socket:setNoDelay()
        for letter in ("SET key value\n"):gmatch(".") do
          one.socket:write(letter)
        end
        one:expect("OK\n")
        two.socket:write("GET key\nQUIT\n")
        assert.equal("VALUE value\nBYE\n", two:expect_close())
        one.socket:finish()
        one:expect_close()
      end)

      it("refuses a line that is too long, and hangs up on one that never ends", function()
        local _, port = listening(store, 0)
        local visitor = visit(port)
        visitor.socket:write("SET a " .. ("x"):rep(5000))
        assert.equal("ERROR line too long\n", visitor:expect_close())
        visitor = visit(port)
        visitor.socket:write("SET a " .. ("x"):rep(5000) .. "\nGET a\n")
        assert.equal("ERROR line too long\n", visitor:expect_close())
      end)

      it("answers whoever sends many requests at once, at the speed at which he reads", function()
        local _, port = listening(store, 0)
        local visitor = visit(port)
        local value, count = ("x"):rep(4000), 2000
        visitor.socket:write("SET a " .. value .. "\n" .. ("GET a\n"):rep(count) .. "QUIT\n")
        visitor.socket:pause()
        timers.setTimeout(function() visitor.socket:resume() end, 50)
        local expected = "OK\n" .. ("VALUE " .. value .. "\n"):rep(count) .. "BYE\n"
        assert.is_true(visitor:expect_close() == expected)
      end)

      it("hangs up on who is silent", function()
        local _, port = listening(store, 0, 100)
        assert.equal("ERROR idle\n", visit(port):expect_close())
      end)
    end)
  end

  describe("smtp_client.lua", function()
    it("sends a mail, a dot at the beginning of a line too, and says what the server refuses", function()
      local async = net.async
      local mail
      local server = net.createServer(async.wrap(function(socket)
        socket:writeAll("220 here\r\n")
        local line = socket:readLine()
        while line ~= "QUIT" do
          if line:find("^EHLO") then
            socket:writeAll("250-here\r\n250 8BITMIME\r\n")
          elseif line:find("nobody") then
            socket:writeAll("550 who?\r\n")
          elseif line == "DATA" then
            socket:writeAll("354 go on\r\n")
            mail = socket:readUntil("\r\n.\r\n")
            socket:writeAll("250 got it\r\n")
          else
            socket:writeAll("250 OK\r\n")
          end
          line = socket:readLine()
          if not line then return end
        end
        socket:writeAll("221 bye\r\n")
      end))
      server:listen(0, HOST)
      testing.wait(server, "listening")
      local port = server:address().port
      local client = child.start(child.example("smtp_client", HOST, port, "me@here", "you@there"), {
        input = "Subject: hello\n\n.\n..two\nthe end\n",
      })
      assert.equal(0, client:wait())
      assert.equal("250 got it\n", client:output())
      assert.equal("Subject: hello\r\n\r\n..\r\n...two\r\nthe end", mail)
      client = child.start(child.example("smtp_client", HOST, port, "me@here", "nobody@there"))
      assert.equal(1, client:wait())
      assert.equal("the server says: 550 who?\n", client:errors())
      server:close()
      net.run()
    end)
  end)

  describe("reconnect_client.lua", function()
    it("connects again, whenever the server is there", function()
      local port = testing.freePort()
      local client = child.start(child.example("reconnect_client", port, 20, 50))
      client:waitFor("no connection: ECONNREFUSED\n")
      local visits = 0
      local server = net.createServer(net.async.wrap(function(socket)
        visits = visits + 1
        socket:writeAll(socket:readLine() .. visits .. "\n")
        if visits == 2 then socket:writeAll("go\n") end
      end))
      server:listen(port, HOST)
      assert.equal(0, client:wait())
      assert.truthy(client:output():find("connected\nhello1\nconnected\nhello2\ngo\n$"), client:output())
      server:close()
      net.run()
    end)
  end)

  describe("netcat.lua", function()
    it("sends a pipe, a file, and nothing, and prints the answer", function()
      local server = net.createServer({ allowHalfOpen = true }, function(socket)
        local size = 0
        socket:on("data", function(data) size = size + #data end)
        socket:on("end", function() socket:finish(size .. " bytes\n") end)
      end)
      server:listen(0, "127.0.0.1")
      testing.wait(server, "listening")
      local command = child.example("netcat", server:address().port, "127.0.0.1")
      local function run(before, after) return child.run("sh -c " .. child.quote(before .. command .. after)) end
      assert.equal("200000 bytes\n", (run("head -c 200000 /dev/zero | ", "")))
      assert.equal("0 bytes\n", (run("", " </dev/null")))
      assert.equal("5 bytes\n", (run("printf 12345 | ", " | cat")))
      server:close()
      net.run()
    end)

    it("says what fails, and ends with status 1", function()
      local _, status, errors = child.run(child.example("netcat", "/nonexistent"))
      assert.equal(1, status)
      assert.truthy(errors:find("ENOENT", 1, true), errors)
    end)
  end)

  describe("http_server.lua", function()
    local function request(port, text)
      local visitor = visit(port)
      visitor.socket:write(text)
      return visitor:expect_close()
    end

    it("answers requests, each with its status", function()
      local _, port = listening("http_server", 0)
      local answer = request(port, "GET / HTTP/1.0\r\n\r\n")
      local head, body = answer:match("^(.-)\r\n\r\n(.*)$")
      assert.truthy(head:find("^HTTP/1%.0 200 OK\r\n"))
      assert.equal(#body, tonumber(head:match("Content%-Length: (%d+)")))
      assert.truthy(request(port, "GET /hello/Lua HTTP/1.1\r\nHost: x\r\n\r\n"):find("Hello, Lua!\n$"))
      assert.truthy(request(port, "GET /nowhere HTTP/1.0\r\n\r\n"):find("^HTTP/1%.0 404 "))
      assert.truthy(request(port, "POST / HTTP/1.0\r\n\r\n"):find("^HTTP/1%.0 405 "))
      assert.truthy(request(port, "nonsense\r\n\r\n"):find("^HTTP/1%.0 400 "))
      assert.truthy(request(port, "GET / HTTP/1.0\r\nX: " .. ("x"):rep(9000)):find("^HTTP/1%.0 431 "))
      assert.truthy(request(port, "HEAD / HTTP/1.0\r\n\r\n"):find("\r\n\r\n$"))
    end)

    it("takes a request in pieces", function()
      local _, port = listening("http_server", 0)
      local visitor = visit(port)
      for piece in ("GET /hello/you HTTP/1.0\r\n\r\n"):gmatch("..?") do
        visitor.socket:write(piece)
        visitor.socket:setNoDelay()
      end
      assert.truthy(visitor:expect_close():find("Hello, you!\n$"))
    end)
  end)

  -- What each is called with, but for what is no port or no number of ms.
  for name, calls in pairs({
    chat_server = { { "abc" }, { "65536" }, { "-1" } },
    eaddrinuse_retry = { { "abc" }, { "0", "soon" } },
    echo_client = { { "65536" } },
    echo_server = { { "65536" } },
    exclusive_port = { { "80 80" } },
    http_server = { { "1e3" } },
    idle_timeout = { { "" }, { "0", "-1" } },
    kv_server = { { "0x10" }, { "0", "1.5" } },
    proxy = { { "abc", "1" }, { "0", "abc" } },
  }) do
    it(name .. ".lua refuses a bad number", function()
      for _, call in ipairs(calls) do
        local output, status, errors = child.run(child.example(name, call[1], call[2]))
        local last = call[#call]
        local bad = call[1] == "0" and last or call[1]
        local what = call[1] == "0" and name ~= "proxy" and "number of ms" or "port"
        assert.equal(("not a %s: %s\n"):format(what, bad), errors)
        assert.equal("", output)
        assert.equal(1, status)
      end
    end)
  end

  for _, path in ipairs(tree.files("examples", "%.lua$")) do
    local name = path:match("([%w_]+)%.lua$")

    it(name .. ".lua explains itself", function()
      local text = tree.read(path)
      local usage = text:match("\n%-%- usage: (lua " .. name .. "%.lua[^\n]*)\n")
      assert.is_truthy(usage)
      local output, status, errors = child.run(child.example(name, "--help"))
      assert.equal("", errors)
      assert.equal(0, status)
      assert.equal("usage: " .. usage:match("^lua [%w_]+%.lua"), output:match("^usage: lua [%w_]+%.lua"))
      assert.equal("file", lfs.attributes(path, "mode"))
    end)
  end
end)
