local errors = require("uvnet.errors")
local net = require("net")
local raised = require("spec.support.raised")

describe("an Error", function()
  it("is a table with a name and a message, and tostring shows both", function()
    local err = errors("boom")
    assert.equal("Error", err.name)
    assert.equal("boom", err.message)
    assert.is_nil(err.code)
    assert.equal("Error: boom", tostring(err))
    assert.equal("Error: boom", err:toString())
    assert.equal("Error", tostring(errors()))
    assert.equal("it was Error: boom", "it was " .. err)
    assert.equal("Error: boom it was", err .. " it was")
  end)

  it("is of a class that can be asked, and extended", function()
    local err = errors("boom")
    assert.is_true(errors:isInstance(err))
    assert.is_false(errors:isInstance("boom"))
    assert.is_false(errors:isInstance({ name = "Error", message = "boom" }))
    local Mine = errors:extend("Mine")
    Mine.name = "Mine"
    local mine = Mine("own", { detail = 5 })
    assert.is_true(errors:isInstance(mine))
    assert.is_true(Mine:isInstance(mine))
    assert.is_false(Mine:isInstance(err))
    assert.equal("Mine: own", tostring(mine))
    assert.equal(5, mine.detail)
  end)

  it("is net.errors, with JavaScript's classes", function()
    assert.equal(errors, net.errors)
    assert.equal(errors, errors.Error)
    for _, name in ipairs({ "TypeError", "RangeError", "AggregateError" }) do
      local err = errors[name]("boom")
      assert.equal(name, err.name)
      assert.equal(name .. ": boom", tostring(err))
      assert.is_true(errors:isInstance(err))
    end
  end)

  it("says where it was made", function()
    local err = errors("boom")
    local first = err.traceback:match("^stack traceback:\n%s*([^\n]+)")
    assert.truthy(first:find("errors_spec.lua", 1, true))
  end)

  it("of a call begins its traceback at the call, and not in our files", function()
    local socket = net.Socket()
    for _, call in ipairs({
      function() socket:on("data") end,
      function() net.connect({ port = 99999 }) end,
      function() socket:setTimeout("x") end,
      function() socket:write(5) end,
      function() net.createServer():listen(-1) end,
      function() net.Socket({ fd = "x" }) end,
      function() net.events():emit("error", "x") end,
      function() pcall(error, "x") net.run("x") end,
    }) do
      local traceback = raised(call).traceback
      local first = traceback:match("^stack traceback:\n%s*([^\n]+)")
      assert.truthy(first:find("errors_spec.lua", 1, true), traceback)
    end
    -- Also where pcall is what calls, and in a coroutine.
    local _, err = pcall(socket.on, socket, "data")
    assert.truthy(err.traceback:match("^stack traceback:\n%s*([^\n]+)"):find("errors_spec.lua", 1, true), err.traceback)
    _, err = coroutine.resume(coroutine.create(function() socket:on("data") end))
    assert.truthy(err.traceback:match("^stack traceback:\n%s*([^\n]+)"):find("errors_spec.lua", 1, true), err.traceback)
  end)

  it("of no call has the whole traceback", function()
    local socket, err = net.Socket(), nil
    net.createServer():close(function(value) err = value end)
    net.run()
    assert.equal("ERR_SERVER_NOT_RUNNING", err.code)
    local first = err.traceback:match("^stack traceback:\n%s*([^\n]+)")
    assert.is_nil(first:find("errors_spec.lua", 1, true), err.traceback)
    local _, alone = coroutine.resume(coroutine.create(socket.on), socket, "data")
    assert.truthy(alone.traceback:find("uvnet", 1, true), alone.traceback)
  end)

  it("shows a code of Node's in its head, but not one of the system", function()
    assert.equal("Error [ERR_X]: boom", tostring(errors("boom", { code = "ERR_X" })))
    assert.equal("Error: boom", tostring(errors("boom", { code = "EPIPE" })))
  end)

  it("passes error and pcall unchanged", function()
    local err = errors("boom")
    assert.equal(err, raised(error, err))
  end)

  describe("of the system", function()
    it("has the call, the code and the address in its message", function()
      local err = errors.system("connect", "ECONNREFUSED", -111, nil, "127.0.0.1", 9)
      assert.equal("Error: connect ECONNREFUSED 127.0.0.1:9", tostring(err))
      assert.equal("connect", err.syscall)
      assert.equal("ECONNREFUSED", err.code)
      assert.equal(-111, err.errno)
      assert.equal("127.0.0.1", err.address)
      assert.equal(9, err.port)
      err = errors.system("read", "ECONNRESET", -104)
      assert.equal("Error: read ECONNRESET", tostring(err))
      assert.is_nil(err.address)
      err = errors.system("listen", "EADDRINUSE", -98, "address already in use", "/tmp/x")
      assert.equal("Error: listen EADDRINUSE: address already in use /tmp/x", tostring(err))
      assert.is_nil(err.port)
    end)
  end)

  describe("of Node's", function()
    -- What `coded` is given, and what Node shows.
    local cases = {
      { "TypeError [ERR_INVALID_ARG_TYPE]: The \"x\" argument must be of type string. Received undefined",
        "ERR_INVALID_ARG_TYPE", "x", "string", nil },
      { "TypeError [ERR_INVALID_ARG_TYPE]: The \"a.b\" property must be one of type number or string. "
          .. "Received type boolean (true)",
        "ERR_INVALID_ARG_TYPE", "a.b", { "number", "string" }, true },
      { "TypeError [ERR_INVALID_ARG_TYPE]: The \"x\" argument must be of type string or an instance of Buffer, "
          .. "TypedArray, or DataView. Received an instance of Object",
        "ERR_INVALID_ARG_TYPE", "x", { "string", "Buffer", "TypedArray", "DataView" }, {} },
      { "TypeError [ERR_INVALID_ARG_TYPE]: The \"x\" argument must be of type number. Received type string ('it\\'s')",
        "ERR_INVALID_ARG_TYPE", "x", "number", "it's" },
      { "TypeError [ERR_INVALID_ARG_TYPE]: The \"x\" argument must be of type number. "
          .. "Received type string ('aaaaaaaaaaaaaaaaaaaaaaaaa...')",
        "ERR_INVALID_ARG_TYPE", "x", "number", ("a"):rep(40) },
      { "TypeError [ERR_INVALID_ARG_VALUE]: The argument 'x' is invalid. Received 5",
        "ERR_INVALID_ARG_VALUE", "x", 5 },
      { "TypeError [ERR_INVALID_ARG_VALUE]: The property 'options.x' is not supported. Received true",
        "ERR_INVALID_ARG_VALUE", "options.x", true, "is not supported" },
      { "RangeError [ERR_SOCKET_BAD_PORT]: Port should be >= 0 and < 65536. Received type number (65536).",
        "ERR_SOCKET_BAD_PORT", "Port", 65536, true },
      { "RangeError [ERR_SOCKET_BAD_PORT]: Port should be >= 0 and < 65536. Received type number (NaN).",
        "ERR_SOCKET_BAD_PORT", "Port", 0 / 0, true },
      { "RangeError [ERR_SOCKET_BAD_PORT]: Port should be >= 0 and < 65536. Received type string ('x').",
        "ERR_SOCKET_BAD_PORT", "Port", "x", true },
      { 'RangeError [ERR_OUT_OF_RANGE]: The value of "x" is out of range. It must be >= 0. Received -1',
        "ERR_OUT_OF_RANGE", "x", ">= 0", -1 },
      { 'RangeError [ERR_OUT_OF_RANGE]: The value of "x" is out of range. It must be >= 0. Received NaN',
        "ERR_OUT_OF_RANGE", "x", ">= 0", 0 / 0 },
      { 'RangeError [ERR_OUT_OF_RANGE]: The value of "x" is out of range. It must be finite. Received Infinity',
        "ERR_OUT_OF_RANGE", "x", "finite", math.huge },
      { 'TypeError [ERR_MISSING_ARGS]: The "a" argument must be specified', "ERR_MISSING_ARGS", "a" },
      { 'TypeError [ERR_MISSING_ARGS]: The "a" and "b" arguments must be specified', "ERR_MISSING_ARGS", "a", "b" },
      { 'TypeError [ERR_MISSING_ARGS]: The "options" or "port" or "path" argument must be specified',
        "ERR_MISSING_ARGS", { "options", "port", "path" } },
      { "TypeError [ERR_INVALID_FD_TYPE]: Unsupported fd type: FILE", "ERR_INVALID_FD_TYPE", "FILE" },
      { "Error [ERR_SERVER_ALREADY_LISTEN]: Listen method has been called more than once without closing.",
        "ERR_SERVER_ALREADY_LISTEN" },
      { "Error [ERR_SERVER_NOT_RUNNING]: Server is not running.", "ERR_SERVER_NOT_RUNNING" },
      { "TypeError [ERR_INVALID_IP_ADDRESS]: Invalid IP address: x", "ERR_INVALID_IP_ADDRESS", "x" },
      { "RangeError [ERR_INVALID_ADDRESS_FAMILY]: Invalid address family: 7 x.y:1",
        "ERR_INVALID_ADDRESS_FAMILY", 7, "x.y", 1 },
      { "TypeError [ERR_UNKNOWN_ENCODING]: Unknown encoding: bogus", "ERR_UNKNOWN_ENCODING", "bogus" },
      { "Error [ERR_SOCKET_CLOSED]: Socket is closed", "ERR_SOCKET_CLOSED" },
      { "Error [ERR_SOCKET_CLOSED_BEFORE_CONNECTION]: Socket closed before the connection was established",
        "ERR_SOCKET_CLOSED_BEFORE_CONNECTION" },
      { "Error [ERR_STREAM_WRITE_AFTER_END]: write after end", "ERR_STREAM_WRITE_AFTER_END" },
      { "Error [ERR_STREAM_DESTROYED]: Cannot call write after a stream was destroyed",
        "ERR_STREAM_DESTROYED", "write" },
      { "Error [ERR_STREAM_ALREADY_FINISHED]: Cannot call end after a stream was finished",
        "ERR_STREAM_ALREADY_FINISHED", "end" },
      { "Error [ERR_STREAM_PREMATURE_CLOSE]: Premature close", "ERR_STREAM_PREMATURE_CLOSE" },
      { "TypeError [ERR_STREAM_NULL_VALUES]: May not write null values to stream", "ERR_STREAM_NULL_VALUES" },
      { "Error [ERR_UNHANDLED_ERROR]: Unhandled error. ('x')", "ERR_UNHANDLED_ERROR", "x" },
    }

    for _, case in ipairs(cases) do
      local text, code, first, second, third = case[1], case[2], case[3], case[4], case[5]
      it(code .. " reads: " .. text, function()
        local err = errors.coded(code, first, second, third)
        assert.equal(text, tostring(err))
        assert.equal(code, err.code)
        assert.is_true(errors:isInstance(err))
        local thrown = raised(errors.throw, code, first, second, third)
        assert.equal(text, tostring(thrown))
      end)
    end
  end)
end)

describe("the makers of errors", function()
  for _, case in ipairs({
    { "coded", "TypeError [ERR_INVALID_ARG_VALUE]: The argument 'code' is unknown. Received 'UNKNOWN'", "UNKNOWN" },
    { "throw", "TypeError [ERR_INVALID_ARG_VALUE]: The argument 'code' is unknown. Received 'UNKNOWN'", "UNKNOWN" },
    { "coded", 'TypeError [ERR_INVALID_ARG_TYPE]: The "code" argument must be of type string. Received undefined' },
    { "throw", 'TypeError [ERR_INVALID_ARG_TYPE]: The "code" argument must be of type string. '
      .. "Received an instance of Object", {} },
    { "system", 'TypeError [ERR_INVALID_ARG_TYPE]: The "syscall" argument must be of type string. Received undefined' },
    { "system", 'TypeError [ERR_INVALID_ARG_TYPE]: The "code" argument must be of type string. '
      .. "Received type number (-111)", "connect", -111 },
    { "system", 'TypeError [ERR_INVALID_ARG_TYPE]: The "code" argument must be of type string. '
      .. "Received an instance of Object", "connect", errors },
    { "coded", "TypeError [ERR_INVALID_THIS]: Call it with a dot: net.errors.coded(code)", errors, "ERR_X" },
    { "throw", "TypeError [ERR_INVALID_THIS]: Call it with a dot: net.errors.throw(code)", errors, "ERR_X" },
    { "coded", "TypeError [ERR_INVALID_THIS]: Call it with a dot: net.errors.coded(code)", errors.RangeError, "X" },
    { "system", "TypeError [ERR_INVALID_THIS]: Call it with a dot: net.errors.system(syscall, code, errno)",
      errors, "connect", "ECONNREFUSED" },
  }) do
    local maker, text, first, second = case[1], case[2], case[3], case[4]
    it("say what is wrong, at the call of " .. maker .. ": " .. text, function()
      local err = raised(function() errors[maker](first, second) end)
      assert.is_true(errors:isInstance(err), tostring(err))
      assert.equal(text, tostring(err))
      local place = err.traceback:match("^stack traceback:\n%s*([^\n]+)")
      assert.truthy(place:find("errors_spec.lua", 1, true), err.traceback)
    end)
  end
end)

describe("errors.coded", function()
  local messages = require("uvnet.base.messages")
  local values = { { n = 0 }, 5, true, {}, "x", function() end, { "x", 5 } }

  for code in pairs(messages) do
    it("of " .. code .. " makes an Error or says which argument is wrong, whatever it gets", function()
      for _, first in ipairs(values) do
        for _, second in ipairs(values) do
          if type(first) == "table" and first.n then first = nil end
          if type(second) == "table" and second.n then second = nil end
          local ok, err = pcall(errors.coded, code, first, second)
          assert.is_true(errors:isInstance(err), tostring(err))
          assert.equal(ok and code or "ERR_INVALID_ARG_TYPE", err.code)
        end
      end
    end)
  end

  it("of ERR_MISSING_ARGS takes any number of names, and whatever they are", function()
    local err = errors.coded("ERR_MISSING_ARGS", "a", { true, "b" }, 5)
    assert.equal('The "a", "true" or "b", and "5" arguments must be specified', err.message)
  end)

  it("names what is not text", function()
    local function text(...) return raised(errors.coded, ...).message end
    local must_be = 'The "%s" argument must be of type string. Received %s'
    assert.equal(must_be:format("name", "undefined"), text("ERR_INVALID_ARG_TYPE"))
    assert.equal(must_be:format("expected", "undefined"), text("ERR_INVALID_ARG_TYPE", "x"))
    assert.equal(must_be:format("expected", "an instance of Object"), text("ERR_INVALID_ARG_TYPE", "x", { 5 }))
    assert.equal(must_be:format("range", "type number (5)"), text("ERR_OUT_OF_RANGE", "x", 5))
  end)
end)

describe("a method that is called with a dot", function()
  local socket, server = net.Socket(), net.createServer()

  for call, fn in pairs({
    ["socket:write(data)"] = function() socket.write("data") end,
    ["socket:finish(data)"] = function() socket.finish("data") end,
    ["socket:connect(port, host)"] = function() socket.connect(8124, "127.0.0.1") end,
    ["socket:setTimeout(ms)"] = function() socket.setTimeout(1000) end,
    ["socket:setEncoding(encoding)"] = function() socket.setEncoding("utf8") end,
    ["socket:setNoDelay()"] = function() socket.setNoDelay() end,
    ["socket:setKeepAlive(true)"] = function() socket.setKeepAlive(true) end,
    ["server:listen(port)"] = function() server.listen(8124) end,
    ["server:close()"] = function() server.close() end,
    ["server:address()"] = function() server.address() end,
    ["server:getConnections(callback)"] = function() server.getConnections(print) end,
    ["emitter:on(event, listener)"] = function() socket.on("data", print) end,
    ["emitter:once(event, listener)"] = function() socket.once("data", print) end,
    ["emitter:prependListener(event, listener)"] = function() socket.prependListener("x", print) end,
    ["emitter:prependOnceListener(event, listener)"] = function() socket.prependOnceListener("x", print) end,
    ["emitter:removeListener(event, listener)"] = function() socket.removeListener("x", print) end,
    ["emitter:removeAllListeners(event)"] = function() socket.removeAllListeners("x") end,
    ["emitter:emit(event)"] = function() socket.emit("x", 1) end,
    ["emitter:listenerCount(event)"] = function() socket.listenerCount("x") end,
    ["emitter:listeners(event)"] = function() socket.listeners("x") end,
    ["emitter:rawListeners(event)"] = function() socket.rawListeners("x") end,
    ["emitter:eventNames()"] = function() socket.eventNames() end,
    ["emitter:getMaxListeners()"] = function() socket.getMaxListeners() end,
    ["socket:address()"] = function() socket.address() end,
    ["socket:ref()"] = function() socket.ref() end,
    ["socket:unref()"] = function() socket.unref() end,
    ["socket:resetAndDestroy()"] = function() socket.resetAndDestroy() end,
    ["socket:destroySoon()"] = function() socket.destroySoon() end,
    ["stream:destroy()"] = function() socket.destroy() end,
    ["stream:pause()"] = function() socket.pause() end,
    ["stream:resume()"] = function() socket.resume() end,
    ["stream:isPaused()"] = function() socket.isPaused() end,
    ["stream:pipe(destination)"] = function() net.stream.PassThrough().pipe() end,
    ["stream:unpipe(destination)"] = function() socket.unpipe() end,
    ["stream:unshift(chunk)"] = function() socket.unshift("x") end,
    ["stream:cork()"] = function() socket.cork() end,
    ["stream:uncork()"] = function() socket.uncork() end,
    ["stream:setDefaultEncoding(encoding)"] = function() socket.setDefaultEncoding("hex") end,
    ["server:ref()"] = function() server.ref() end,
    ["server:unref()"] = function() server.unref() end,
    ["boundSocket:address()"] = function() net.BoundSocket.address() end,
    ["boundSocket:fd()"] = function() net.BoundSocket.fd() end,
    ["boundSocket:close()"] = function() net.BoundSocket.close() end,
    ["process:exit(code)"] = function() net.process.exit(3) end,
  }) do
    it("says so: " .. call, function()
      local err = raised(fn)
      assert.equal("ERR_INVALID_THIS", err.code, tostring(err))
      assert.truthy(err.message:find("Call it with a colon: " .. call, 1, true), err.message)
    end)
  end

  it("says so in every form of write, and of Node's end", function()
    for _, fn in ipairs({
      function() socket.write() end,
      function() socket.write("data", "utf8") end,
      function() socket.write("data", print) end,
      function() socket.write(8, "data") end,
      function() socket["end"]("data") end,
      function() socket.finish() end,
    }) do
      assert.equal("ERR_INVALID_THIS", raised(fn).code)
    end
  end)
end)

describe("a function of net that is called with a colon", function()
  for name, fn in pairs({
    createServer = function() net:createServer(print) end,
    connect = function() net:connect(8124) end,
    isIP = function() net:isIP("::1") end,
    run = function() net:run() end,
    stop = function() net:stop() end,
    isIPv4 = function() net:isIPv4("::1") end,
    isIPv6 = function() net:isIPv6("::1") end,
  }) do
    it("says so: " .. name, function()
      local err = raised(fn)
      assert.equal("ERR_INVALID_THIS", err.code)
      assert.truthy(err.message:find("Call it with a dot: net." .. name:gsub("v[46]$", ""), 1, true), err.message)
    end)
  end

  local timers, dns, stream = net.timers, net.dns, net.stream
  local timeout, immediate = timers.setTimeout(print, 60000), timers.setImmediate(print)
  teardown(function()
    timeout:close()
    timers.clearImmediate(immediate)
  end)

  for call, fn in pairs({
    ["net.timers.setTimeout(callback, delay)"] = function() timers:setTimeout(print, 1) end,
    ["net.timers.setInterval(callback, delay)"] = function() timers:setInterval(print, 1) end,
    ["net.timers.setImmediate(callback)"] = function() timers:setImmediate(print) end,
    ["net.timers.nextTick(callback)"] = function() timers:nextTick(print) end,
    ["net.timers.clearTimeout(timeout)"] = function() timers:clearTimeout(timeout) end,
    -- The same function under another name.
    ["net.timers.clearTimeout("] = function() timers:clearInterval(timeout) end,
    ["net.timers.clearImmediate(immediate)"] = function() timers:clearImmediate(immediate) end,
    ["net.dns.lookup(hostname, callback)"] = function() dns:lookup("localhost", print) end,
    ["net.dns.lookup("] = function() dns:lookup("localhost", { all = true }, print) end,
    ["net.stream.finished(stream, callback)"] = function() stream:finished(stream.PassThrough(), print) end,
    ["net.stream.finished("] = function() stream:finished(stream.PassThrough(), {}, print) end,
    ["net.stream.pipeline(source, destination, callback)"] = function()
      stream:pipeline(stream.PassThrough(), stream.PassThrough(), print)
    end,
  }) do
    it("says so: " .. call, function()
      local err = raised(fn)
      assert.equal("TypeError", err.name)
      assert.equal("ERR_INVALID_THIS", err.code)
      assert.truthy(err.message:find("Call it with a dot: " .. call, 1, true), err.message)
    end)
  end

  it("is told from one that gets some other table", function()
    for _, fn in ipairs({
      function() timers.setTimeout({ print }) end,
      function() timers.nextTick({ nextTick = print }) end,
      function() timers.setImmediate(dns) end,
      function() dns.lookup(timers, print) end,
      function() stream.pipeline(timers, stream.PassThrough(), print) end,
      function() stream.finished(dns, print) end,
    }) do
      assert.equal("ERR_INVALID_ARG_TYPE", raised(fn).code)
    end
    timers.clearTimeout({ print })
    timers.clearImmediate(dns)
  end)
end)

describe("what a message shows of a value", function()
  it("is cut where it is long", function()
    local err = raised(net.run, { text = ("x"):rep(20), more = { ("y"):rep(20), ("z"):rep(20), 1, 2, 3, 4, 5, 6, 7, 8 },
      and_more = { a = true, b = true, c = true, d = true, e = true } })
    assert.equal("ERR_INVALID_ARG_VALUE", err.code)
    assert.equal(128 + 3, #err.message:match("Received (.*)$"))
    assert.equal("...", err.message:sub(-3))
  end)
end)
