--- `net.strict`: an option that nobody knows is refused by whatever takes options, and what is known is let pass.

local net = require("net")
local raised = require("spec.support.raised")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")

local HOST = sockets.HOST
local serve = sockets.serve
local stream = net.stream

local unpack = table.unpack or unpack -- luacheck: ignore 143

local function nothing() end

local function readable() return stream.Readable({ read = nothing }) end

-- A method of readable streams, called with these arguments and then the options.
local function method(name, ...)
  local count, given = select("#", ...), { ... }
  return function(options)
    local self = readable()
    given[count + 1] = options
    return self[name](self, unpack(given, 1, count + 1))
  end
end

-- What takes options: what it is called, a wrong name, the one that is near, a call with a table that has the wrong
-- one, and what the message calls that table.
local TAKERS = {
  { "net.Socket", "nodelay", "noDelay", net.Socket },
  { "net.connect", "hots", "host", function(options)
    options.port = 1
    return net.connect(options)
  end },
  { "socket:connect", "conectTimeout", "connectTimeout", function(options)
    options.port = 1
    return net.Socket():connect(options)
  end },
  { "net.createServer", "allowHalfopen", "allowHalfOpen", net.createServer },
  { "server:listen", "prot", "port", function(options) return net.Server():listen(options) end },
  { "server:shutdown", "grase", "grace", function(options) return net.Server():shutdown(options) end },
  { "socket:setTimeout", "raed", "read", function(options) return net.Socket():setTimeout(1, options) end },
  { "onread", "calback", "callback", function(options)
    options.callback = nothing
    return net.Socket({ onread = options })
  end, "options.onread" },
  { "dns.lookup", "al", "all", function(options) return net.dns.lookup("x", options, nothing) end },
  { "async.lookup", "familly", "family", function(options) return net.async.lookup("x", options) end },
  { "SocketAddress", "adress", "address", net.SocketAddress },
  { "BoundSocket", "ipv6only", "ipv6Only", net.BoundSocket },
  { "EventEmitter", "captureRejection", "captureRejections", net.events },
  { "events.once", "singal", "signal", function(options)
    options.signal = net.AbortController().signal
    return net.events.once(net.events(), "x", options, nothing)
  end },
  { "events.on", "close_", "close", function(options)
    return require("uvnet.events.waiting").on(net.events(), "x", options)
  end },
  { "addEventListener", "onse", "once", function(options)
    return net.AbortController().signal:addEventListener("abort", nothing, options)
  end },
  { "Readable", "highWatermark", "highWaterMark", stream.Readable },
  { "Writable", "wirte", "write", stream.Writable },
  { "Duplex", "writableHighwaterMark", "writableHighWaterMark", stream.Duplex },
  { "Transform", "trnasform", "transform", stream.Transform },
  { "PassThrough", "objectmode", "objectMode", stream.PassThrough },
  { "Readable.from", "objectmode", "objectMode", function(options) return stream.Readable.from({}, options) end },
  { "Readable.wrap", "objectmode", "objectMode", function(options)
    return stream.Readable.wrap(stream.Stream(), options)
  end },
  { "duplexPair", "emitclose", "emitClose", stream.duplexPair },
  { "finished", "readble", "readable", function(options) return stream.finished(readable(), options, nothing) end },
  { "pipeline", "ned", "end", function(options)
    return stream.pipeline(readable(), stream.PassThrough(), options, nothing)
  end },
  { "pipe", "edn", "end", function(options) return readable():pipe(stream.PassThrough(), options) end },
  { "Stream:pipe", "edn", "end", function(options) return stream.Stream():pipe(stream.PassThrough(), options) end },
  { "compose", "singal", "signal", function(options) return readable():compose(stream.PassThrough(), options) end },
  { "map", "concurency", "concurrency", method("map", nothing) },
  { "filter", "singal", "signal", method("filter", nothing) },
  { "flatMap", "singal", "signal", method("flatMap", nothing) },
  { "take", "singal", "signal", method("take", 1) },
  { "drop", "singal", "signal", method("drop", 1) },
  { "toArray", "singal", "signal", method("toArray") },
  { "forEach", "singal", "signal", method("forEach", nothing) },
  { "reduce", "singal", "signal", method("reduce", nothing, 0) },
  { "some", "singal", "signal", method("some", nothing) },
  { "every", "singal", "signal", method("every", nothing) },
  { "find", "singal", "signal", method("find", nothing) },
  { "readLine", "limt", "limit", method("readLine") },
  { "lines", "limt", "limit", method("lines") },
  { "readUntil", "limt", "limit", method("readUntil", "x") },
  { "readFrame", "limt", "limit", method("readFrame", "u8") },
  { "readAll", "limt", "limit", method("readAll") },
  { "iterator", "destroyonreturn", "destroyOnReturn", method("iterator") },
  { "frames", "limt", "limit", function(options) return readable():frames("line", options, nothing) end },
  { "frames' delimiter", "delimeter", "delimiter", function(options)
    options.delimiter = "x"
    return readable():frames(options, nothing)
  end, "format" },
  { "spawn", "cdw", "cwd", function(options) return net.child_process.spawn("true", {}, options) end },
  { "fork", "silnt", "silent", function(options) return net.child_process.fork("x.lua", {}, options) end },
  { "execFile", "maxbuffer", "maxBuffer", function(options)
    return net.child_process.execFile("true", {}, options)
  end },
  { "exec", "encodin", "encoding", function(options) return net.child_process.exec("true", options) end },
  { "cluster.setupPrimary", "exce", "exec", net.cluster.setupPrimary, "settings" },
  { "luasocket's linger", "timeuot", "timeout", function(options)
    options.on = true
    return require("uvnet.luasocket").tcp():setoption("linger", options)
  end, "linger" },
  { "testing.pair", "icp", "ipc", testing.pair },
}

describe("net.strict", function()
  testing.leakCheck(before_each, after_each)
  after_each(function() net.strict = false end)

  it("is off until it is set", function()
    assert.is_false(net.strict)
    net.Socket({ nodelay = true })
    net.strict = true
    assert.is_true(net.strict)
    net.strict = nil
    assert.is_false(net.strict)
  end)

  for _, taker in ipairs(TAKERS) do
    local name, wrong, near, call, what = taker[1], taker[2], taker[3], taker[4], taker[5] or "options"
    it(("has %s refuse what it does not know"):format(name), function()
      net.strict = true
      local err = raised(call, { [wrong] = 1 })
      assert.equal("ERR_INVALID_ARG_VALUE", err.code)
      local expected = "The property '%s.%s' is unknown, did you mean '%s'. Received 1"
      assert.equal(expected:format(what, wrong, near), err.message)
    end)
  end

  it("names no other where none is near", function()
    net.strict = true
    local err = raised(net.Socket, { zzzzz = 1 })
    assert.equal("The property 'options.zzzzz' is unknown. Received 1", err.message)
    assert.equal("ERR_INVALID_ARG_VALUE", raised(net.Socket, { [1] = "x" }).code)
    assert.equal("ERR_INVALID_ARG_VALUE", raised(stream.Readable, { [1] = "x" }).code)
  end)

  it("lets pass what is known, and what is no options", function()
    net.strict = true
    local server, port = serve({ noDelay = true, allowHalfOpen = true, captureRejections = true })
    server:on("connection", function(socket) socket:finish() end)
    local socket = net.connect({ port = port, host = HOST, noDelay = true, timeout = 5000, highWaterMark = 5 })
    socket:setTimeout(0, { read = true })
    socket:resume()
    testing.wait(socket, "close")
    local other = net.createServer()
    other:listen(server)
    testing.run(function() return other.listening end)
    other:close()
    server:close()
    local client, accepted = testing.pair({ allowHalfOpen = true, readableHighWaterMark = 5, pauseOnConnect = true,
      client = { noDelay = true } })
    client:destroy()
    accepted:destroy()
    testing.run()
  end)

  it("knows of each class what its parents know", function()
    net.strict = true
    local transform = stream.Transform({ transform = nothing, flush = nothing, read = nothing, write = nothing,
      writev = nothing, final = nothing, construct = function(_, callback) callback() end, readableObjectMode = true,
      writableObjectMode = true, allowHalfOpen = false, decodeStrings = true, captureRejections = true,
      readableHighWaterMark = 0, emitClose = true, autoDestroy = true, encoding = "utf8" })
    transform:destroy()
    assert.equal("ERR_INVALID_ARG_VALUE", raised(stream.Duplex, { transform = nothing }).code)
    assert.equal("ERR_INVALID_ARG_VALUE", raised(stream.Readable, { write = nothing }).code)
    assert.equal("ERR_INVALID_ARG_VALUE", raised(stream.Writable, { read = nothing }).code)
    testing.run()
  end)

  it("asks a class of the user's for what it knows besides", function()
    local Lines = stream.Transform:extend("Lines")
    function Lines:initialize(options)
      self.separator = options.separator
      stream.Transform.initialize(self, options)
    end
    local Numbered = Lines:extend("Numbered")
    local options = { separator = "x", objectMode = true }
    Lines(options)
    net.strict = true
    assert.equal("ERR_INVALID_ARG_VALUE", raised(Lines, options).code)
    Lines.knownOptions = { separator = true }
    Numbered.knownOptions = { first = true }
    assert.equal("x", Lines(options).separator)
    assert.equal("x", Numbered({ separator = "x", first = 1, highWaterMark = 1 }).separator)
    assert.equal("ERR_INVALID_ARG_VALUE", raised(Lines, { first = 1 }).code)
    assert.truthy(raised(Lines, { seprator = 1 }).message:find("'separator'", 1, true))
  end)

  it("refuses a name of any length", function()
    net.strict = true
    for _, length in ipairs({ 64, 65, 3000000 }) do
      assert.equal("ERR_INVALID_ARG_VALUE", raised(net.createServer, { [("x"):rep(length)] = 1 }).code)
    end
  end)

  it("takes a list, a pair and a stream before the callback of a pipeline for what they are", function()
    net.strict = true
    local out = {}
    local sink = stream.Writable({ objectMode = true, write = function(_, chunk, _, callback)
      out[#out + 1] = chunk
      callback()
    end })
    local done
    stream.pipeline({ "a", "b" }, sink, function(err) done = { err } end)
    testing.run()
    assert.same({}, done)
    assert.same({ "a", "b" }, out)
    stream.pipeline({ "c" }, stream.PassThrough({ objectMode = true }), { ["end"] = true }, nothing):resume()
    testing.run()
  end)
end)
