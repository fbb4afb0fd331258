-- What can be observed closes the shortcuts: each program prints the same with them and without, and that is what the
-- spec says. (The parity cases run both ways, too; here is what Node has no words for, or what was wrong once.)

local ways = require("spec.support.ways")

local prints, run = ways.prints, ways.run

describe("the fast paths", function()
  it("call a `_write` that a subclass has overridden", prints("ONE\nTWO\n", [[
    local Loud = net.Socket:extend("Loud")
    function Loud:_write(chunk, encoding, callback) net.Socket._write(self, chunk:upper(), encoding, callback) end
    pair(function(accepted, client)
      accepted:on("data", print)
      steps({
        function() client:write("one") end,
        function() client:write("two") end,
        function() client:finish() end,
      })
    end, Loud)
    net.run()
  ]]))

  it("call a `_final` and a `destroy` that were overridden", prints("final\ndestroy\n", [[
    pair(function(accepted, client)
      function accepted:_final(callback) print("final"); net.Socket._final(self, callback) end
      function accepted:destroy(...) print("destroy"); return net.Socket.destroy(self, ...) end
      accepted:on("data", function() end)
      client:resume()
      client:finish("x")
    end)
    net.run()
  ]]))

  it("stop piping when the pipe's listener is removed", prints("m1\nm2\n", [[
    pair(function(accepted, client)
      accepted:pipe(accepted)
      client:on("data", print)
      steps({
        function() client:write("m1") end,
        function() client:write("m2") end,
        function() accepted:removeAllListeners("data") end,
        function() client:write("m3") end,
        function() client:destroy(); accepted:destroy() end,
      })
    end)
    net.run()
  ]]))

  it("call a `write` that the target of a pipe is given meanwhile", prints("m1\nm2\nseen m3\nm3\n", [[
    pair(function(accepted, client)
      accepted:pipe(accepted)
      client:on("data", print)
      steps({
        function() client:write("m1") end,
        function() client:write("m2") end,
        function()
          local write = accepted.write
          accepted.write = function(self, data, ...) print("seen " .. data); return write(self, data, ...) end
        end,
        function() client:write("m3") end,
        function() client:finish() end,
      })
    end)
    net.run()
  ]]))

  it("emit `resume` once", prints("resume\nfirst 2\nsecond 2\n", [[
    pair(function(accepted, client)
      accepted:on("resume", function() print("resume") end)
      accepted:on("data", function(data) print("first " .. #data) end)
      setTimeout(function()
        accepted:on("data", function(data) print("second " .. #data) end)
        client:finish("hi")
        client:resume()
      end, 25)
    end)
    net.run()
  ]]))

  it("know that data was read", prints("false\ntrue\ntrue\n", [[
    pair(function(accepted, client)
      print(tostring(accepted.readableDidRead))
      accepted:on("data", function() print(tostring(accepted.readableDidRead)) end)
      steps({
        function() client:write("one") end,
        function() client:write("two") end,
        function() client:destroy() end,
      })
    end)
    net.run()
  ]]))

  it("call the callbacks of writes in one tick, if it is the same callback", prints("done\ndone\ndone\ntick\n", [[
    pair(function(accepted, client)
      accepted:resume()
      local function done() print("done") end
      setTimeout(function()
        client:write("a", done)
        nextTick(print, "tick")
        client:write("b", done)
        client:write("c", done)
        client:finish()
      end, 25)
    end)
    net.run()
  ]]))

  it("tell a write that succeeded of no error, though the socket is destroyed with one", prints("nil\nboom\n", [[
    pair(function(accepted, client)
      accepted:resume()
      client:on("error", function(err) print(err.message) end)
      client:write("x", function(err) print(tostring(err)) end)
      client:destroy(net.errors("boom"))
    end)
    net.run()
  ]]))

  it("report what the system said first of a target that was reset", prints("ECONNRESET\n", [[
    -- The target is not read, so that the reset is met by writing.
    local accepted = {}
    local server
    server = net.createServer({ pauseOnConnect = true }, function(socket)
      accepted[#accepted + 1] = socket
      socket:on("error", function(err) print(err.code) end)
      if #accepted == 2 then
        server:close()
        accepted[1]:pipe(accepted[2])
      end
    end)
    server:listen(0, "127.0.0.1", function()
      local port = server:address().port
      local source = net.connect(port, "127.0.0.1", function()
        local sink = net.connect(port, "127.0.0.1")
        sink:on("error", function() end)
        setTimeout(function()
          local source_of_data = net._source
          steps({
            function() source_of_data:write("1") end,
            function() source_of_data:write("2") end,
            function() sink:resetAndDestroy() end,
            function() source_of_data:write("3") end,
            function() source_of_data:destroy(); accepted[1]:destroy(); accepted[2]:destroy() end,
          })
        end, 25)
      end)
      net._source = source
    end)
    net.run()
  ]]))

  it("read text without losing, cutting or repairing a character otherwise", prints(
    "[a] [b] [\195\169c] [\239\191\189] [d] [\226\130\172] [e\239\191\189f] [g] [\239\191\189] end\n", [[
    pair(function(accepted, client)
      local got = {}
      accepted:setEncoding("utf8")
      accepted:on("data", function(data) got[#got + 1] = "[" .. data .. "]" end)
      accepted:on("end", function() print(table.concat(got, " ") .. " end") end)
      local list = {}
      for _, bytes in ipairs({
        "a", "b", "\195", "\169c", "\255", "d", "\226\130", "\172", "e\128f", "g", "\240\159",
      }) do
        list[#list + 1] = function() client:write(bytes) end
      end
      list[#list + 1] = function() client:finish() end
      steps(list)
    end)
    net.run()
  ]]))

  it("let no text overtake half a character that a listener has raised before", prints(
    "[a] [b] [x] boom [\239\191\189y] [z] end\n", [[
    local got = {}
    pair(function(accepted, client)
      accepted:setEncoding("utf8")
      accepted:on("data", function(data)
        got[#got + 1] = "[" .. data .. "]"
        if data == "x" then error("boom", 0) end
      end)
      accepted:on("end", function() print(table.concat(got, " ") .. " end") end)
      local list = {}
      for _, bytes in ipairs({ "a", "b", "x\195", "y", "z" }) do
        list[#list + 1] = function() client:write(bytes) end
      end
      list[#list + 1] = function() client:finish() end
      steps(list)
    end)
    local ok, err = pcall(net.run)
    got[#got + 1] = tostring(err):match("^%w+")
    if not ok then net.run() end
  ]]))

  it("say that data has been read, when the socket is closed, too", prints("true\n", [[
    pair(function(accepted, client)
      local _ = accepted.readableLength
      accepted:on("data", function() end)
      _ = accepted.readableLength
      accepted:on("close", function() print(accepted.readableDidRead) end)
      steps({ function() client:write("abc") end, function() client:destroy() end })
    end)
    net.run()
  ]]))

  it("are not in the way of another listener, text or a pause", prints("1 a\n2 a\n1 é\n2 é\npaused\n1 c\n2 c\n", [[
    pair(function(accepted, client)
      local first = function(data) print("1 " .. data) end
      accepted:on("data", first)
      steps({
        function() accepted:on("data", function(data) print("2 " .. data) end) end,
        function() client:write("a") end,
        function() accepted:setEncoding("utf8") end,
        function() client:write("\195") end,
        function() client:write("\169") end,
        function() accepted:pause() end,
        function() client:write("c"); print("paused") end,
        function() accepted:resume() end,
        function() client:destroy() end,
      })
    end)
    net.run()
  ]]))

  it("emit `readable` for who listens for it, also while a task waits", prints("a\nb\nreadable\nc\nreadable\nd\n", [[
    local async = require("uvnet.async")
    pair(function(accepted, client)
      async.run(function()
        for _ = 1, 4 do print(accepted:readSome()) end
        accepted:destroy()
      end)
      steps({
        function() client:write("a") end,
        function() client:write("b") end,
        function() accepted:on("readable", function() print("readable") end) end,
        function() client:write("c") end,
        function() client:write("d") end,
        function() client:destroy() end,
      })
    end)
    net.run()
  ]]))
end)

describe("a socket that is destroyed and connected again in one turn", function()
  -- What was under way belongs to the old connection: told once, and no error on the new one.
  local function again(expected, what)
    return prints(expected .. "again\nclose\n", [[
      local server = net.createServer(function(socket)
        socket:on("error", function() end)
        socket:resume()
      end)
      server:listen(0, "127.0.0.1", function()
        local port, times, client = server:address().port, 0, nil
        local function told(err) print(err and err.code or "written") end
        client = net.connect(port, "127.0.0.1")
        client:on("connect", function()
          times = times + 1
          if times == 2 then
            print("again")
            server:close()
            client:destroy()
            client:once("close", function() print("close") end)
          else
            ]] .. what .. [[
            client:destroy()
            client:connect(port, "127.0.0.1")
          end
        end)
      end)
      net.run()
    ]])
  end

  it("was ending", again("", "client:finish()"))
  it("had written", again("written\n", 'client:write("x", told)'))
  it("had written a list", again("written\n", 'client:write({ "x" }, told)'))
  it("was writing", again("ECANCELED\n", 'client:write(("x"):rep(2e7), told)'))
end)

describe("os.exit(status, true)", function()
  local function exits(text)
    return function()
      local output, status = run(ways.USUAL, text)
      assert.equal("exit\n", output)
      assert.equal(7, status)
    end
  end

  it("ends the process from a `close` listener, with other handles closing", exits([[
    pair(function(accepted, client)
      accepted:on("close", function() print("exit"); os.exit(7, true) end)
      client:destroy()
      accepted:destroy()
    end)
    net.run()
  ]]))

  it("ends it from the callback of a lookup, with others done in the same turn", exits([[
    for _ = 1, 4 do
      net.dns.lookup("localhost", function() print("exit"); os.exit(7, true) end)
    end
    setTimeout(function()
      local start = os.clock()
      while os.clock() - start < 0.2 do end
    end, 1)
    net.run()
  ]]))
end)

describe("a class that gets a method", function()
  local net = require("net")
  local testing = require("uvnet.testing")

  testing.leakCheck(before_each, after_each)

  it("does not open up sockets of other classes", function()
    local client, accepted = testing.pair()
    local received
    accepted:on("data", function(data) received = data end)
    client:write("x")
    testing.run(function() return received end)
    assert.is_nil(rawget(accepted, "_rs")) -- it has no stream tables yet
    local Late = net.Socket:extend("Late")
    function Late:_destroy(err, callback) return net.Socket._destroy(self, err, callback) end
    function Late.emit() end
    assert.is_nil(rawget(accepted, "_rs"))
    client:destroy()
    testing.run()
  end)

  it("has its `write` called by a socket that is connected again", function()
    local server = net.createServer(function(socket) socket:resume() end)
    testing.wait(server:listen(0, "127.0.0.1"), "listening")
    local port = server:address().port
    local Sub = net.Socket:extend("Sub")
    local socket = Sub()
    testing.wait(socket:connect(port, "127.0.0.1"), "connect")
    socket:destroy()
    testing.wait(socket, "close")
    local written = {}
    function Sub:write(data, ...)
      written[#written + 1] = data
      return net.Socket.write(self, data, ...)
    end
    testing.wait(socket:connect(port, "127.0.0.1"), "connect")
    socket:write("one")
    socket:write("two")
    assert.same({ "one", "two" }, written)
    socket:destroy()
    server:close()
    testing.run()
  end)
end)
