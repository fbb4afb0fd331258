local net = require("net")
local record = require("spec.support.record")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST = "127.0.0.1"
local MIB = 1024 * 1024

local function nothing() end

local function raised(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  return err
end

-- A server on a free port of 127.0.0.1.
local function serve(...)
  local server = net.createServer(...)
  server:listen(0, HOST)
  testing.wait(server, "listening")
  return server, server:address().port
end

-- Reads a socket to its end: a table that fills.
local function collect(socket)
  local chunks = {}
  socket:on("data", function(data) chunks[#chunks + 1] = data end)
  return chunks
end

-- A connected pair and the log of both: "c" is the client, "s" the server's side.
local function recorded_pair(options)
  local client, accepted = testing.pair(options)
  local log = {}
  record(client, log, "c")
  record(accepted, log, "s")
  return client, accepted, log
end

local function only(log, prefix)
  local result = {}
  for _, entry in ipairs(log) do
    if entry:sub(1, #prefix) == prefix then result[#result + 1] = entry:sub(#prefix + 1) end
  end
  return result
end

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)

  describe("when new", function()
    it("is a Duplex and an EventEmitter that is connected to nothing", function()
      local socket = net.Socket()
      assert.is_true(net.Socket:isInstance(socket))
      assert.is_true(net.stream.Duplex:isInstance(socket))
      assert.is_true(net.events:isInstance(socket))
      assert.is_false(socket.connecting)
      assert.is_false(socket.destroyed)
      assert.is_true(socket.pending)
      assert.equal("open", socket.readyState)
      assert.same({}, socket:address())
      assert.is_nil(socket.remoteAddress)
      assert.is_nil(socket.remotePort)
      assert.is_nil(socket.remoteFamily)
      assert.is_nil(socket.localAddress)
      assert.is_nil(socket.localPort)
      assert.equal(0, socket.bytesRead)
      assert.equal(0, socket.bytesWritten)
      assert.equal(0, socket.bufferSize)
    end)

    it("emits close with a boolean when it is destroyed, later", function()
      local socket = net.Socket()
      local log = record(socket)
      assert.equal(socket, socket:destroy())
      assert.is_true(socket.destroyed)
      assert.same({}, log)
      testing.run()
      assert.same({ "close:false" }, log)
    end)

    it("emits error ERR_SOCKET_CLOSED when something is written", function()
      local socket = net.Socket()
      local log = record(socket)
      assert.is_false(socket:write("x"))
      testing.run()
      assert.same({ "error:ERR_SOCKET_CLOSED", "close:true" }, log)
    end)

    it("has the methods that return it return it", function()
      local socket = net.Socket()
      assert.equal(socket, socket:pause())
      assert.equal(socket, socket:resume())
      assert.equal(socket, socket:setEncoding("utf8"))
      assert.equal(socket, socket:setNoDelay())
      assert.equal(socket, socket:setNoDelay(false))
      assert.equal(socket, socket:setKeepAlive(true, 1000))
      assert.equal(socket, socket:setKeepAlive())
      assert.equal(socket, socket:setTimeout(0))
      assert.equal(socket, socket:ref())
      assert.equal(socket, socket:unref())
      assert.equal(socket, socket:destroy())
      testing.run()
    end)

    it("refuses object mode", function()
      local err = raised(net.Socket, { objectMode = true })
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      assert.equal("The property 'options.objectMode' is not supported. Received true", err.message)
    end)
  end)

  describe("connect", function()
    it("emits connect, and calls the listener once", function()
      local server, port = serve()
      local called = 0
      local socket = net.connect(port, HOST, function() called = called + 1 end)
      assert.is_true(socket.connecting)
      assert.is_true(socket.pending)
      assert.equal("opening", socket.readyState)
      local seen
      socket:on("connect", function() seen = socket.connecting end)
      local accepted = testing.wait(server, "connection")
      testing.run(function() return called > 0 end)
      assert.equal(1, called)
      assert.is_false(seen)
      assert.is_false(socket.pending)
      assert.equal("open", socket.readyState)
      assert.equal(0, #socket:listeners("connect") - 1)
      socket:destroy()
      accepted:destroy()
      server:close()
    end)

    local forms = {
      ["net.connect(port, host)"] = function(port) return net.connect(port, HOST) end,
      ["net.connect(port)"] = function(port) return net.connect(port) end,
      ["net.connect('port')"] = function(port) return net.connect(tostring(port), HOST) end,
      ["net.connect({ port, host })"] = function(port) return net.connect({ port = port, host = HOST }) end,
      ["net.createConnection(port, host)"] = function(port) return net.createConnection(port, HOST) end,
      ["net.connect({ port, family = 4 })"] = function(port) return net.connect({ port = port, family = 4 }) end,
      ["net.connect({ port, host, hints })"] = function(port)
        return net.connect({ port = port, host = "localhost", hints = net.dns.ADDRCONFIG })
      end,
      ["socket:connect(port, host)"] = function(port) return net.Socket():connect(port, HOST) end,
      ["socket:connect({ port, host })"] = function(port) return net.Socket():connect({ port = port, host = HOST }) end,
    }
    for form, call in pairs(forms) do
      it("takes the form " .. form, function()
        local server, port = serve()
        local socket = call(port)
        testing.wait(socket, "connect")
        assert.equal(port, socket.remotePort)
        socket:destroy()
        server:on("connection", function(accepted) accepted:destroy() end)
        server:close()
      end)
    end

    for _, form in ipairs({ "net.connect(path)", "net.connect({ path })", "socket:connect(path)" }) do
      it("takes the form " .. form .. " for a unix socket", function()
        local path = testing.tmpPath()
        local server = net.createServer(function(accepted) accepted:resume():finish("hello") end):listen(path)
        local socket
        if form == "net.connect(path)" then
          socket = net.connect(path)
        elseif form == "net.connect({ path })" then
          socket = net.connect({ path = path, port = nil })
        else
          socket = net.Socket():connect(path)
        end
        local log = record(socket)
        testing.wait(socket, "close")
        assert.same({ "connect", "data:hello", "end", "finish", "close:false" }, log)
        assert.is_nil(socket.remotePort)
        server:close()
      end)
    end

    it("sends what was written before, in order", function()
      local server, port = serve()
      local chunks
      server:on("connection", function(accepted)
        chunks = collect(accepted)
        server:close()
      end)
      local log = {}
      local socket = net.connect(port, HOST)
      socket:write("one ", function() log[#log + 1] = "written" end)
      socket:write("two ")
      assert.equal(8, socket.bytesWritten)
      socket:finish("three")
      testing.run()
      assert.equal("one two three", table.concat(chunks))
      assert.same({ "written" }, log)
      assert.equal(13, socket.bytesWritten)
    end)

    it("half-closes the connection once it stands, if finish came before", function()
      local server, port = serve({ allowHalfOpen = true })
      local socket = net.Socket({ allowHalfOpen = true })
      socket:finish()
      socket:connect(port, HOST)
      local accepted = testing.wait(server, "connection")
      server:close()
      local log = record(accepted)
      accepted:resume()
      testing.run(function() return #log > 0 end)
      assert.equal("end", log[1])
      accepted:finish("bye")
      assert.equal("bye", testing.wait(socket, "data"))
      testing.run()
    end)

    it("can be called again when the socket has closed", function()
      local server, port = serve(function(accepted) accepted:resume():finish("hi") end)
      local socket = net.connect(port, HOST)
      testing.wait(socket:resume(), "close")
      assert.is_true(socket.destroyed)
      local log = record(socket)
      socket:connect(port, HOST)
      socket:write("again")
      testing.wait(socket, "close")
      assert.same({ "connect", "data:hi", "end", "finish", "close:false" }, log)
      assert.equal(5, socket.bytesWritten)
      assert.equal(2, socket.bytesRead)
      server:close()
    end)

    it("takes the local address and port of its options", function()
      local own = testing.freePort()
      testing.run()
      local server, port = serve(function(accepted) accepted:on("error", nothing):resume() end)
      local socket = net.connect({ port = port, host = HOST, localAddress = "127.0.0.2", localPort = own })
      testing.wait(socket, "connect")
      assert.equal("127.0.0.2", socket.localAddress)
      assert.equal(own, socket.localPort)
      assert.same({ address = "127.0.0.2", port = own, family = "IPv4" }, socket:address())
      socket:resetAndDestroy()
      server:close()
    end)

    it("emits error ECONNREFUSED where nobody listens, then close(true), and no connect", function()
      local port = testing.freePort()
      testing.run()
      local socket = net.connect(port, HOST)
      local log = record(socket)
      local err = testing.wait(socket, "error")
      testing.run()
      assert.same({ "error:ECONNREFUSED", "close:true" }, log)
      assert.equal(("Error: connect ECONNREFUSED 127.0.0.1:%d"):format(port), tostring(err))
      assert.equal("connect", err.syscall)
      assert.equal(HOST, err.address)
      assert.equal(port, err.port)
      assert.is_true(err.errno < 0)
      assert.is_string(err.traceback)
      assert.is_false(socket.connecting)
      assert.is_true(socket.destroyed)
    end)

    it("emits error ENOENT for a path that is not there", function()
      local path = testing.tmpPath()
      local err = testing.wait(net.connect(path), "error")
      assert.equal("connect ENOENT " .. path, err.message)
      assert.equal(path, err.address)
      assert.is_nil(err.port)
      testing.run()
    end)

    it("of a destroyed socket is abandoned without an event but close", function()
      local server, port = serve()
      local socket = net.connect(port, HOST)
      local log = record(socket)
      socket:destroy()
      testing.run(function() return #log > 0 end)
      assert.same({ "close:false" }, log)
      server:on("connection", function(accepted) accepted:on("error", nothing):destroy() end)
      server:close()
    end)

    describe("by host name", function()
      it("emits lookup for each address, but not for an IP address", function()
        local server, port = serve(function(accepted) accepted:destroy() end)
        local seen = {}
        local socket = net.connect({ port = port, host = "localhost", family = 4 })
        socket:on("lookup", function(err, address, family, host)
          seen[#seen + 1] = { err = err, address = address, family = family, host = host }
        end)
        socket:on("error", nothing)
        testing.wait(socket, "connect")
        assert.same({ { address = HOST, family = 4, host = "localhost" } }, seen)
        socket:destroy()
        socket = net.connect(port, HOST)
        local log = record(socket)
        testing.wait(socket:resume(), "close")
        assert.equal("connect", log[1])
        server:close()
      end)

      it("asks a lookup of one's own, which may answer with one address or with a list", function()
        local server, port = serve(function(accepted) accepted:destroy() end)
        local asked
        local function lookup(host, options, callback)
          asked = { host = host, options = options }
          callback(nil, HOST, 4)
        end
        local socket = net.connect({ port = port, host = "x.y", lookup = lookup, family = 4 })
        socket:on("error", nothing)
        testing.wait(socket, "connect")
        socket:destroy()
        assert.equal("x.y", asked.host)
        assert.equal(4, asked.options.family)
        assert.equal(0, asked.options.hints)
        socket = net.connect({
          port = port,
          host = "x.y",
          lookup = function(_, _, callback) callback(nil, { { address = HOST, family = 4 } }) end,
        })
        socket:on("error", nothing)
        testing.wait(socket, "connect")
        socket:destroy()
        server:close()
      end)

      it("tries all addresses in turn, until one accepts", function()
        local server, port = serve(function(accepted) accepted:destroy() end)
        local function lookup(_, _, callback)
          callback(nil, {
            { address = "127.0.0.2", family = 4 },
            { address = "127.0.0.3", family = 4 },
            { address = HOST, family = 4 },
          })
        end
        local socket = net.connect({ port = port, host = "x.y", lookup = lookup })
        socket:on("error", nothing)
        testing.wait(socket, "connect")
        assert.equal(HOST, socket.remoteAddress)
        socket:destroy()
        server:close()
      end)

      it("emits what a lookup of one's own fails with", function()
        local boom = net.errors("nope")
        local socket = net.connect({
          port = 1,
          host = "x.y",
          lookup = function(_, _, callback) callback(boom) end,
        })
        local log = record(socket)
        assert.equal(boom, testing.wait(socket, "error"))
        testing.run()
        assert.equal("close:true", log[#log])
      end)

      it("emits an error when such a lookup answers with what is no address", function()
        local function try(...)
          local answer = { n = select("#", ...), ... }
          local socket = net.connect({
            port = 1,
            host = "x.y",
            family = 4,
            lookup = function(_, _, callback) callback(nil, answer[1], answer[2]) end,
          })
          local err = testing.wait(socket, "error")
          testing.run()
          return tostring(err)
        end
        assert.equal("TypeError [ERR_INVALID_IP_ADDRESS]: Invalid IP address: bogus", try("bogus", 4))
        assert.equal("RangeError [ERR_INVALID_ADDRESS_FAMILY]: Invalid address family: 7 x.y:1", try(HOST, 7))
      end)
    end)

    it("throws for wrong arguments, in Node's words", function()
      local function text(...) return tostring(raised(net.connect, ...)) end
      local missing = 'TypeError [ERR_MISSING_ARGS]: The "options" or "port" or "path" argument must be specified'
      assert.equal(missing, text())
      assert.equal(missing, text({}))
      assert.equal(missing, text({ host = "x" }))
      assert.equal(missing, tostring(raised(net.Socket.connect, net.Socket())))
      local bad_port = "RangeError [ERR_SOCKET_BAD_PORT]: Port should be >= 0 and < 65536. Received "
      assert.equal(bad_port .. "type number (-1).", text(-1))
      assert.equal(bad_port .. "type number (65536).", text(65536))
      assert.equal(bad_port .. "type number (1.5).", text(1.5))
      assert.equal(bad_port .. "type number (NaN).", text({ port = 0 / 0 }))
      assert.equal(bad_port .. "type string ('').", text(""))
      assert.equal(bad_port .. "type string ('a').", text({ port = "a" }))
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.port" property must be one of type number or string. '
          .. "Received type boolean (true)",
        text({ port = true })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.path" property must be of type string. '
          .. "Received type number (5)",
        text({ path = 5 })
      )
      assert.equal(
        "TypeError [ERR_INVALID_IP_ADDRESS]: Invalid IP address: x",
        text({ port = 80, host = HOST, localAddress = "x" })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.localPort" property must be of type number. '
          .. "Received type string ('x')",
        text({ port = 80, host = "localhost", localPort = "x" })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "options.lookup" property must be of type function. '
          .. "Received type number (5)",
        text({ port = 80, host = "localhost", lookup = 5 })
      )
      assert.equal(
        'TypeError [ERR_INVALID_ARG_TYPE]: The "msecs" argument must be of type number. Received type string (\'x\')',
        text({ port = 80, host = HOST, timeout = "x" })
      )
    end)
  end)

  for _, ipc in ipairs({ false, true }) do
    describe(ipc and "over a unix socket" or "over TCP", function()
      it("emits end, finish and close once each on both sides of a connection that ends in order", function()
        local client, accepted, log = recorded_pair({ ipc = ipc })
        client:finish("hi")
        testing.run()
        assert.same({ "finish", "end", "close:false" }, only(log, "c."))
        assert.same({ "data:hi", "end", "finish", "close:false" }, only(log, "s."))
        for _, socket in ipairs({ client, accepted }) do
          assert.is_true(socket.destroyed)
          assert.equal("closed", socket.readyState)
          assert.is_nil(socket.localPort)
          assert.same({}, socket:address())
        end
        assert.equal(2, client.bytesWritten)
        assert.equal(2, accepted.bytesRead)
      end)

      it("keeps the writable side of a half-open connection", function()
        local client, accepted, log = recorded_pair({ ipc = ipc, server = { allowHalfOpen = true } })
        client:finish("question")
        testing.wait(accepted, "end")
        assert.equal("writeOnly", accepted.readyState)
        assert.is_true(accepted.writable)
        assert.is_false(accepted.readable)
        assert.equal("readOnly", client.readyState)
        accepted:write("late ")
        accepted:finish("answer")
        testing.run()
        assert.equal("late answer", table.concat(only(log, "c.data:")))
        assert.same({ "data:question", "end", "finish", "close:false" }, only(log, "s."))
      end)

      it("is destroyed at once by destroy: no more data, then close", function()
        local client, accepted, log = recorded_pair({ ipc = ipc })
        assert.equal(client, client:destroy())
        assert.is_true(client.destroyed)
        assert.is_false(client.writable)
        assert.same({}, log)
        testing.run()
        assert.same({ "close:false" }, only(log, "c."))
        assert.same({ "end", "finish", "close:false" }, only(log, "s."))
        assert.equal(client, client:destroy())
        assert.is_true(accepted.destroyed)
      end)

      it("emits the error that destroy is given, and then close(true)", function()
        local client, accepted = testing.pair({ ipc = ipc })
        accepted:resume()
        local log = record(client)
        local boom, got = net.errors("boom"), nil
        client:on("error", function(err) got = err end)
        client:destroy(boom)
        client:destroy(net.errors("second"))
        testing.run()
        assert.equal(boom, got)
        assert.same({ "error:boom", "close:true" }, log)
      end)

      it("carries bytes as they are, counts them, and keeps their order", function()
        local client, accepted = testing.pair({ ipc = ipc })
        local all = {}
        for i = 0, 255 do
          all[#all + 1] = string.char(i)
        end
        local bytes = table.concat(all)
        local chunks = collect(accepted)
        local sent = {}
        for i = 1, 200 do
          local piece = bytes:sub(i % 256 + 1) .. i
          sent[#sent + 1] = piece
          client:write(piece)
        end
        client:finish()
        testing.run()
        local text = table.concat(sent)
        assert.is_true(text == table.concat(chunks))
        assert.equal(#text, client.bytesWritten)
        assert.equal(#text, accepted.bytesRead)
        if math.type then assert.equal("integer", math.type(accepted.bytesRead)) end
      end)

      it("moves much more than a socket buffer holds, and drains", function()
        local client, accepted = testing.pair({ ipc = ipc })
        local block = ("0123456789abcdef"):rep(4096)
        local total, sent, drains = 8 * MIB, 0, 0
        local function send()
          while sent < total do
            sent = sent + #block
            if not client:write(block) then return end
          end
          client:finish()
        end
        client:on("drain", function()
          drains = drains + 1
          send()
        end)
        send()
        local received, right = 0, true
        accepted:on("data", function(data)
          local at = received % 16
          right = right and data:sub(1, 1) == ("0123456789abcdef"):sub(at + 1, at + 1)
          received = received + #data
        end)
        testing.run()
        assert.equal(total, received)
        assert.is_true(right)
        assert.is_true(drains > 0)
        assert.equal(total, client.bytesWritten)
      end)

      it("asks the writer to wait when nobody reads, shows what is queued, and drains once that is gone", function()
        local client, accepted = testing.pair({ ipc = ipc, server = { pauseOnConnect = true } })
        local block = ("x"):rep(65536)
        local count = 0
        -- The peer's buffers hold some MiB; each turn of the loop takes what fits.
        repeat
          local more = client:write(block)
          count = count + 1
          if not more then net.run("nowait") end
        until client.bufferSize >= #block or count > 1000
        assert.is_true(client.bufferSize > 0)
        assert.is_true(client.writableNeedDrain)
        local log = record(client, nil, nil, { "data" })
        local received = 0
        accepted:on("data", function(data) received = received + #data end)
        accepted:resume()
        testing.run(function() return #log > 0 end)
        assert.equal("drain", log[1])
        assert.equal(0, client.bufferSize)
        client:finish()
        testing.run()
        assert.equal(count * #block, received)
      end)

      it("calls the callbacks of writes in order, with nil", function()
        local client, accepted = testing.pair({ ipc = ipc })
        accepted:resume()
        local log = {}
        for i = 1, 5 do
          client:write(("x"):rep(i), function(err) log[#log + 1] = i .. tostring(err) end)
        end
        client:finish("end", function(err) log[#log + 1] = "finish" .. tostring(err) end)
        assert.same({}, log)
        testing.run()
        assert.same({ "1nil", "2nil", "3nil", "4nil", "5nil", "finishnil" }, log)
      end)

      it("emits no data while it is paused, and all of it when it is resumed", function()
        local client, accepted = testing.pair({ ipc = ipc })
        local log = record(accepted)
        accepted:pause()
        assert.is_true(accepted:isPaused())
        client:write("hello")
        local later
        timers.setTimeout(function() later = true end, 20)
        testing.run(function() return later end)
        assert.same({}, log)
        accepted:resume()
        assert.is_false(accepted:isPaused())
        assert.equal("hello", testing.wait(accepted, "data"))
        accepted:pause()
        client:write("again")
        timers.setTimeout(function() accepted:resume() end, 5)
        assert.equal("again", testing.wait(accepted, "data"))
        client:destroy()
        testing.run()
      end)

      it("may be paused by its data listener at any chunk, and loses nothing", function()
        local client, accepted = testing.pair({ ipc = ipc })
        local received = 0
        accepted:on("data", function(data)
          received = received + #data
          accepted:pause()
          timers.setImmediate(function() accepted:resume() end)
        end)
        for _ = 1, 20 do
          client:write(("x"):rep(10000))
        end
        client:finish()
        testing.run()
        assert.equal(200000, received)
      end)

      it("pipes into itself: an echo", function()
        local client, accepted = testing.pair({ ipc = ipc })
        assert.equal(accepted, accepted:pipe(accepted))
        local chunks = collect(client)
        client:write("one ")
        client:write("two ")
        client:finish("three")
        testing.run()
        assert.equal("one two three", table.concat(chunks))
      end)

      it("pipes much into another socket, with back-pressure, and ends it", function()
        local source, inlet = testing.pair({ ipc = ipc })
        local outlet, sink = testing.pair({ ipc = ipc })
        inlet:pipe(outlet)
        local received = 0
        local block = ("y"):rep(100000)
        sink:on("data", function(data) received = received + #data end)
        for _ = 1, 40 do
          source:write(block)
        end
        source:finish()
        testing.run()
        assert.equal(4000000, received)
        assert.equal(4000000, inlet.bytesRead)
        assert.equal(4000000, outlet.bytesWritten)
        assert.is_true(sink.destroyed)
      end)

      it("reads with read() and readable instead of data", function()
        local client, accepted = testing.pair({ ipc = ipc, server = { pauseOnConnect = true } })
        local chunks = {}
        accepted:on("readable", function()
          while true do
            local chunk = accepted:read()
            if not chunk then break end
            chunks[#chunks + 1] = chunk
          end
        end)
        client:write("by ")
        client:finish("hand")
        testing.run()
        assert.equal("by hand", table.concat(chunks))
      end)

      it("does not come to its end while nobody reads it", function()
        local client, accepted = testing.pair({ ipc = ipc, server = { pauseOnConnect = true } })
        client:finish("x")
        local log = record(accepted, nil, nil, { "data" })
        local later
        timers.setTimeout(function() later = true end, 20)
        testing.run(function() return later end)
        assert.same({}, log)
        accepted:resume()
        testing.run()
        assert.equal("close:false", log[#log])
      end)
    end)
  end

  describe("write", function()
    it("takes a list of strings and sends it in one go", function()
      local client, accepted = testing.pair()
      local chunks = collect(accepted)
      client:write({ "one ", "", "two ", "three " })
      client:write({})
      client:finish({ "four ", "five" })
      testing.run()
      assert.equal("one two three four five", table.concat(chunks))
      assert.equal(#"one two three four five", client.bytesWritten)
    end)

    it("turns text into bytes by its encoding, and counts bytes", function()
      local client, accepted = testing.pair()
      local chunks = collect(accepted)
      client:write("é")
      client:write("é", "utf8")
      client:write("é", "latin1")
      client:write("c3a9", "hex")
      client:write("w6k=", "base64")
      client:write("é", "utf16le")
      assert.equal(2 + 2 + 1 + 2 + 2 + 2, client.bytesWritten)
      client:finish("41", "hex")
      testing.run()
      assert.equal("\195\169\195\169\233\195\169\195\169\233\0A", table.concat(chunks))
    end)

    it("throws for what is no string, and for an unknown encoding", function()
      local socket = net.Socket()
      local err = raised(socket.write, socket, 5)
      assert.equal("TypeError", err.name)
      assert.equal("ERR_INVALID_ARG_TYPE", err.code)
      assert.truthy(err.message:find('The "chunk" argument must be of type string', 1, true))
      assert.truthy(err.message:find("Received type number (5)", 1, true))
      assert.equal("ERR_INVALID_ARG_TYPE", raised(socket.write, socket, { "a", 5 }).code)
      err = raised(socket.write, socket, "x", "bogus")
      assert.equal("TypeError [ERR_UNKNOWN_ENCODING]: Unknown encoding: bogus", tostring(err))
    end)

    it("after finish is an error, told to the callback and by an event", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = record(client)
      client:finish()
      assert.is_false(client:write("x", function(err) log[#log + 1] = "callback:" .. err.code end))
      testing.run()
      assert.same({
        "callback:ERR_STREAM_WRITE_AFTER_END", "error:ERR_STREAM_WRITE_AFTER_END", "close:true",
      }, log)
    end)

    it("after destroy is told to the callback only", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = record(client)
      client:destroy()
      assert.is_false(client:write("x", function(err) log[#log + 1] = err.code .. " " .. err.message end))
      testing.run()
      assert.same({
        "ERR_STREAM_DESTROYED Cannot call write after a stream was destroyed", "close:false",
      }, log)
    end)

    it("to a peer that has reset the connection is an error, not a signal", function()
      local client, accepted = testing.pair()
      local log = record(client)
      accepted:resetAndDestroy()
      testing.wait(client, "close")
      assert.same({ "error:ECONNRESET", "close:true" }, log)
    end)

    it("corked is sent when it is uncorked", function()
      local client, accepted = testing.pair()
      local chunks = collect(accepted)
      client:cork()
      client:write("a")
      client:write("b")
      local later
      timers.setTimeout(function() later = true end, 10)
      testing.run(function() return later end)
      assert.same({}, chunks)
      client:uncork()
      client:finish("c")
      testing.run()
      assert.equal("abc", table.concat(chunks))
    end)
  end)

  describe("finish", function()
    it("is `end`, and calls back when all is sent, before finish", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = {}
      client:on("finish", function() log[#log + 1] = "finish" end)
      assert.equal(client, client["end"](client, "x", function(err) log[#log + 1] = "callback " .. tostring(err) end))
      assert.is_true(client.writableEnded)
      testing.run()
      assert.same({ "callback nil", "finish" }, log)
      assert.is_true(client.writableFinished)
    end)

    it("twice is no error without data, and one with data", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = record(client)
      client:finish()
      client:finish(function(err) log[#log + 1] = "callback " .. tostring(err) end)
      testing.run()
      assert.same({ "callback nil", "finish", "end", "close:false" }, log)
      client, accepted = testing.pair()
      accepted:resume()
      log = record(client)
      client:finish("a")
      client:finish("b", function(err) log[#log + 1] = "callback:" .. err.code end)
      testing.run()
      assert.equal("close:true", log[#log])
      table.sort(log)
      assert.same({ "callback:ERR_STREAM_WRITE_AFTER_END", "close:true", "error:ERR_STREAM_WRITE_AFTER_END" }, log)
    end)

    it("sends all that is queued before FIN", function()
      local client, accepted = testing.pair({ server = { pauseOnConnect = true } })
      client:write(("x"):rep(3 * MIB))
      client:finish("!")
      local received = 0
      accepted:on("data", function(data) received = received + #data end)
      accepted:resume()
      testing.run()
      assert.equal(3 * MIB + 1, received)
    end)
  end)

  describe("errors of a connection", function()
    it("have Node's fields", function()
      local client, accepted = testing.pair()
      accepted:resetAndDestroy()
      local err = testing.wait(client, "error")
      assert.equal("Error: read ECONNRESET", tostring(err))
      assert.equal("ECONNRESET", err.code)
      assert.equal("read", err.syscall)
      assert.is_true(err.errno < 0)
      testing.run()
    end)

    it("come out of the loop where nobody listens, and the socket is closed none the less", function()
      local client, accepted = testing.pair()
      local closed
      client:on("close", function(had_error) closed = had_error end)
      accepted:resetAndDestroy()
      assert.equal("ECONNRESET", raised(testing.run).code)
      testing.run()
      assert.is_true(closed)
    end)

    it("of a unix socket include a peer that went with unread data", function()
      local client, accepted = testing.pair({ ipc = true, server = { pauseOnConnect = true } })
      client:write("unread")
      accepted:destroy()
      local log = record(client)
      testing.run()
      assert.same({ "error:ECONNRESET", "close:true" }, log)
    end)
  end)

  describe("setEncoding", function()
    it("has data come as text, and never cuts a character in two", function()
      local client, accepted = testing.pair()
      local chunks = collect(accepted)
      accepted:setEncoding("utf8")
      client:setNoDelay()
      local text = "aé€😀z"
      local at = 0
      local function send()
        at = at + 1
        if at > #text then
          client:finish()
        else
          client:write(text:sub(at, at))
          timers.setTimeout(send, 1)
        end
      end
      send()
      testing.run()
      assert.equal(text, table.concat(chunks))
      for _, chunk in ipairs(chunks) do
        assert.is_false(#chunk > 0 and chunk:byte(1) >= 128 and chunk:byte(1) < 192)
      end
    end)

    it("puts U+FFFD in place of bytes that are no UTF-8", function()
      local client, accepted = testing.pair()
      local chunks = collect(accepted)
      accepted:setEncoding("utf8")
      client:finish("a\255b\195")
      testing.run()
      assert.equal("a\239\191\189b\239\191\189", table.concat(chunks))
    end)

    it("shows hex digits", function()
      local client, accepted = testing.pair()
      accepted:setEncoding("hex")
      client:write("\1\255")
      assert.equal("01ff", testing.wait(accepted, "data"))
      client:destroy()
      testing.run()
    end)

    it("throws ERR_UNKNOWN_ENCODING", function()
      local err = raised(net.Socket.setEncoding, net.Socket(), "bogus")
      assert.equal("TypeError [ERR_UNKNOWN_ENCODING]: Unknown encoding: bogus", tostring(err))
    end)
  end)

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

    it("is put off by traffic in either direction", function()
      local client, accepted = testing.pair()
      accepted:resume()
      local log = record(client)
      client:setTimeout(80)
      local count = 0
      local interval
      interval = timers.setInterval(function()
        count = count + 1
        if count % 2 == 0 then client:write("x") else accepted:write("y") end
        if count == 10 then interval:close() end
      end, 20)
      testing.wait(client, "timeout")
      assert.equal(10, count)
      assert.equal("timeout", log[#log])
      client:destroy()
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

  describe("addresses", function()
    it("are those of both ends, and the client's are the server's the other way round", function()
      local client, accepted = testing.pair()
      assert.equal(HOST, client.remoteAddress)
      assert.equal(HOST, client.localAddress)
      assert.equal("IPv4", client.remoteFamily)
      assert.equal("IPv4", client.localFamily)
      assert.equal(client.localPort, accepted.remotePort)
      assert.equal(client.remotePort, accepted.localPort)
      assert.same({ address = HOST, port = client.localPort, family = "IPv4" }, client:address())
      if math.type then assert.equal("integer", math.type(client.localPort)) end
      client:destroy()
      accepted:destroy()
    end)

    it("of IPv6 are IPv6", function()
      local server = net.createServer()
      local refused
      server:on("error", function(err) refused = err end)
      server:listen(0, "::1")
      testing.run(function() return server.listening or refused end)
      if refused then return pending("no IPv6 here: " .. refused.message) end
      local client = net.connect(server:address().port, "::1")
      local accepted = testing.wait(server, "connection")
      assert.equal("::1", accepted.remoteAddress)
      assert.equal("IPv6", accepted.remoteFamily)
      assert.equal("IPv6", accepted:address().family)
      client:destroy()
      accepted:destroy()
      server:close()
    end)

    it("of unix sockets there are none", function()
      local client, accepted = testing.pair({ ipc = true })
      for _, socket in ipairs({ client, accepted }) do
        assert.is_nil(socket.remoteAddress)
        assert.is_nil(socket.remotePort)
        assert.is_nil(socket.localPort)
        assert.same({}, socket:address())
      end
      client:destroy()
      accepted:destroy()
    end)
  end)

  describe("unref", function()
    it("lets the loop end while the socket is open, and ref takes that back", function()
      local client, accepted = testing.pair()
      client:resume()
      accepted:resume()
      assert.equal(client, client:unref())
      assert.is_true(net.run("nowait"))
      accepted:unref()
      assert.is_false(net.run())
      assert.equal(client, client:ref())
      assert.is_true(net.run("nowait"))
      -- What is unreferenced works none the less.
      client:write("x")
      assert.equal("x", testing.wait(accepted, "data"))
      client:destroy()
      accepted:destroy()
    end)

    it("counts also when it comes before the connection", function()
      local accepted
      local server, port = serve(function(socket) accepted = socket:unref() end)
      server:unref()
      local socket = net.Socket():unref()
      socket:connect(port, HOST)
      -- The attempt itself is waited for.
      assert.is_false(net.run())
      assert.is_false(socket.connecting)
      server:ref()
      testing.run(function() return accepted end)
      socket:destroy()
      accepted:destroy()
      server:close()
    end)
  end)

  describe("of a file descriptor", function()
    it("throws for what is no descriptor of a socket", function()
      local function text(fd) return tostring(raised(net.Socket, { fd = fd })) end
      assert.equal(
        'RangeError [ERR_OUT_OF_RANGE]: The value of "fd" is out of range. It must be >= 0 && <= 2147483647. Received -1',
        text(-1)
      )
      assert.equal(
        "TypeError [ERR_INVALID_ARG_TYPE]: The \"fd\" argument must be of type number. Received type string ('x')",
        text("x")
      )
      assert.equal(
        'RangeError [ERR_OUT_OF_RANGE]: The value of "fd" is out of range. It must be an integer. Received 1.5',
        text(1.5)
      )
      assert.equal("TypeError [ERR_INVALID_FD_TYPE]: Unsupported fd type: UNKNOWN", text(99999))
    end)

    it("shows the descriptor of a connection", function()
      local client, accepted = testing.pair()
      assert.is_number(client._handle.fd)
      assert.are_not.equal(client._handle.fd, accepted._handle.fd)
      client:destroy()
      accepted:destroy()
      assert.is_nil(client._handle)
    end)
  end)

  it("that is dropped unread by its user is closed by the peer's end once it is read", function()
    local client, accepted = testing.pair()
    accepted:resume()
    client:destroy()
    testing.wait(accepted, "close")
  end)

  it("can be extended", function()
    local Shouting = net.Socket:extend("Shouting")
    function Shouting:say(text) return self:write(text:upper()) end
    local server, port = serve()
    local client = Shouting()
    client:connect(port, HOST)
    local accepted = testing.wait(server, "connection")
    server:close()
    client:say("hello")
    assert.equal("HELLO", testing.wait(accepted, "data"))
    assert.is_true(net.Socket:isInstance(client))
    client:destroy()
    testing.run()
  end)

  it("is collected when it was never used", function()
    local weak = setmetatable({}, { __mode = "k" })
    weak[net.Socket()] = true
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end)

  it("is kept while it is open, though nobody holds it", function()
    local server, port = serve()
    local closed
    net.connect(port, HOST):on("close", function() closed = true end):resume()
    local accepted = testing.wait(server, "connection")
    server:close()
    collectgarbage()
    collectgarbage()
    accepted:destroy()
    testing.run()
    assert.is_true(closed)
  end)

  if _VERSION >= "Lua 5.4" then
    it("is destroyed at the end of its block, if it is a <close> variable", function()
      local client, accepted = testing.pair()
      accepted:resume()
      assert(load([[
        local client = ...
        do
          local socket <close> = client
        end
      ]]))(client)
      assert.is_true(client.destroyed)
      testing.run()
    end)
  end
end)
