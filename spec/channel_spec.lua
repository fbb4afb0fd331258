--- The channel between a parent and a child: messages, and what is sent with them; with Lua and with Node at the other
-- end.

local child = require("spec.support.child")
local formats = require("uvnet.process.formats")
local forks = require("spec.support.forks")
local lfs = require("lfs")
local net = require("net")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local HOST, raised = sockets.HOST, sockets.raised

local function descriptors()
  local count = 0
  for _ in lfs.dir("/proc/self/fd") do
    count = count + 1
  end
  return count
end

-- Sends back what comes.
local ECHO = [[
  local net = require("net")
  net.process:on("message", function(message) net.process:send(message) end)
  net.run()
]]

-- Serves what it is given, and says what it got.
local RECEIVER = [[
  local net = require("net")
  local process = net.process
  local held = {}
  process:on("message", function(message, handle)
    if message == "leave" then
      for _, one in ipairs(held) do one:close() end
      if process.connected then process:disconnect() end
    elseif net.Server:isInstance(handle) then
      held[#held + 1] = handle
      handle:on("connection", function(socket) socket:finish("server " .. tostring(message)) end)
      process:send("got server")
    elseif net.Socket:isInstance(handle) then
      local text = ""
      handle:on("data", function(data) text = text .. data end)
      handle:on("end", function() handle:finish("socket " .. tostring(message) .. " " .. text) end)
      process:send("got socket")
    else
      process:send({ alone = message })
    end
  end)
  net.run()
]]

local RECEIVER_JS = [[
  const net = require("net");
  const held = [];
  process.on("message", (message, handle) => {
    if (message === "leave") {
      for (const one of held) one.close();
      if (process.connected) process.disconnect();
    } else if (handle instanceof net.Server) {
      held.push(handle);
      handle.on("connection", (socket) => socket.end("server " + message));
      process.send("got server");
    } else if (handle) {
      let text = "";
      handle.allowHalfOpen = true;
      handle.on("data", (data) => { text += data; });
      handle.on("end", () => handle.end("socket " + message + " " + text));
      process.send("got socket");
    } else {
      process.send({ alone: message });
    }
  });
]]

-- What comes over a connection until its end; what is sent goes first.
local function ask(port, text)
  local got, over = "", false
  local socket = net.connect({ port = port, host = HOST, allowHalfOpen = true })
  socket:on("data", function(data) got = got .. data end)
  socket:on("error", function(err) got = got .. tostring(err.code) end)
  socket:on("end", function() socket:finish() end)
  socket:on("close", function() over = true end)
  if text then
    socket:finish(text)
  end
  return function() return over and got or nil end
end

describe("the channel", function()
  testing.leakCheck(before_each, after_each)
  after_each(forks.cleanup)

  -- libuv keeps some descriptors from the first child on.
  setup(function()
    net.child_process.spawn("true")
    net.run()
  end)

  -- Sends each value, and gives back what the echo was.
  local function echo(values, options)
    local one = forks.fork(ECHO, nil, options)
    local got = {}
    one:on("message", function(message) got[#got + 1] = { message } end)
    for i = 1, values.n or #values do
      one:send(values[i])
    end
    forks.wait(function() return #got == (values.n or #values) or not one.connected end, "the echo", 60000)
    if one.connected then one:disconnect() end
    net.run()
    return got, one
  end

  describe("between two Luas", function()
    it("keeps every value, and the order", function()
      local bytes = {}
      for i = 0, 255 do
        bytes[#bytes + 1] = string.char(i)
      end
      local shared = { "shared" }
      local values = {
        n = 9, true, false, 1, 0.5, table.concat(bytes), { 1, { a = "b" } }, { shared, shared }, nil, "",
      }
      local got = echo(values)
      for i = 1, 8 do
        assert.same(values[i], got[i][1])
      end
      assert.equal(got[7][1][1], got[7][1][2])
      assert.equal("", got[9][1])
      local err = net.errors.TypeError("wrong", { code = "E_X", socket = net.Socket() })
      got = echo({ err })
      assert.is_true(net.errors.TypeError:isInstance(got[1][1]))
      assert.equal("wrong", got[1][1].message)
      assert.equal("E_X", got[1][1].code)
    end)

    it("takes messages of 0 bytes to 8 MiB", function()
      local values = {}
      for i, size in ipairs({ 0, 1, 65535, 65536, 65537, 1048576, 8388608 }) do
        values[i] = ("x"):rep(size)
      end
      for _, mode in ipairs({ "advanced", "json" }) do
        local got = echo(values, { serialization = mode })
        for i, value in ipairs(values) do
          assert.is_true(got[i][1] == value, mode .. " " .. #value)
        end
      end
    end)

    it("raises a DataCloneError for what cannot be sent, and goes on", function()
      local one = forks.fork(ECHO)
      for _, value in ipairs({ print, io.stdout, { { print } } }) do
        assert.equal("DataCloneError", raised(one.send, one, value).name)
      end
      assert.equal("ERR_MISSING_ARGS", raised(one.send, one).code)
      assert.equal("ERR_INVALID_HANDLE_TYPE", raised(one.send, one, "x", {}).code)
      assert.equal("ERR_INVALID_HANDLE_TYPE", raised(one.send, one, "x", io.stdout).code)
      local got
      one:on("message", function(message)
        got = message
        one:disconnect()
      end)
      one:send("still here")
      net.run()
      assert.equal("still here", got)
    end)

    it("calls back when a message is written, and in order", function()
      local one = forks.fork(ECHO)
      local order = {}
      one:on("message", function(message) if message == 3 then one:disconnect() end end)
      for i = 1, 3 do
        one:send(i, function(err) order[#order + 1] = tostring(err) .. i end)
      end
      net.run()
      assert.same({ "nil1", "nil2", "nil3" }, order)
      local code
      assert.is_false(one:send("late", function(err) code = err.code end))
      net.run()
      assert.equal("ERR_IPC_CHANNEL_CLOSED", code)
      one:on("error", function(err) code = err.code end)
      one:disconnect()
      assert.equal("ERR_IPC_DISCONNECTED", code)
    end)
  end)

  describe("in JSON", function()
    it("keeps what JSON can say", function()
      local values = {
        true, 1, -5, 0.1, 1 / 3, 1e300, "text", "Grüße\n\0\27", { 1, 2, { a = {} } }, { a = { b = "c" } },
      }
      local got = echo(values, { serialization = "json" })
      for i, value in ipairs(values) do
        assert.same(value, got[i][1])
      end
      if math.type then
        got = echo({ math.maxinteger, 3 }, { serialization = "json" })
        assert.equal(math.maxinteger, got[1][1])
        assert.equal("integer", math.type(got[2][1]))
      end
    end)

    it("raises for the rest", function()
      local one = forks.fork(ECHO, nil, { serialization = "json" })
      local circle = {}
      circle[1] = circle
      for _, value in ipairs({
        print, 0 / 0, math.huge, "\255", { { "\240\194\128" } }, { ["\195"] = 1 }, circle,
        { 1, a = 2 }, { [1.5] = 1 }, { [true] = 1 }, { 1, [3] = 3 },
      }) do
        assert.equal("DataCloneError", raised(one.send, one, value).name)
      end
      one:disconnect()
      net.run()
    end)

    it("is read by LPeg, where that is installed, as without it", function()
      if not pcall(require, "lpeg") then return pending("LPeg is not installed") end
      local decode = require("dkjson").decode
      for _, text in ipairs({
        '{"a":[1,2.5,-3e2,true,false,null,"\\u00fc\\ud83d\\ude00"],"b":{},"c":[]}', "[1,null,3]", '{"a":null}',
        "17", '"x"',
        ("["):rep(1000) .. ("]"):rep(1000),
      }) do
        local reader = formats.json.reader(10000)
        reader:feed(text .. "\n")
        local ok, value = reader:next()
        assert.is_true(ok)
        assert.same(decode(text, 1, nil, {}, {}), value)
        if text == "[1,null,3]" then assert.equal(3, value[3]) end
      end
      for _, text in ipairs({ "{}{}", "[1,2", "nul", "", "[" }) do
        local reader = formats.json.reader(10000)
        reader:feed(text .. "\n")
        local ok, err = reader:next()
        assert.is_nil(ok)
        assert.equal("ERR_IPC_BAD_MESSAGE", err.code)
      end
    end)
  end)

  describe("that is full of nonsense", function()
    -- A child that writes raw bytes into its end.
    local function raw(lines, options)
      local text = [[
        local net = require("uvnet.core")
        local handle = net.pipe()
        handle:open(tonumber(os.getenv("NODE_CHANNEL_FD")))
        handle:attach({ _onwritten = function() end, _onread = function() end, _onclosed = function() end })
        local function write(data) handle:write(data) end
        %s
        net.run(0)
      ]]
      text = 'os.getenv = (function(get) return get end)(os.getenv)\n' .. text:format(lines)
      return forks.fork(text, nil, options)
    end

    it("takes messages that are cut at every byte", function()
      for _, mode in ipairs({ "advanced", "json" }) do
        local one = raw([[
          local message = { text = "a line\n", list = { 1, 2, 3 }, half = 0.5 }
          local text = require("uvnet.process.formats").]] .. mode .. [[.encode(message)
          local cut = 1
          local timers = require("uvnet.timers")
          local function go()
            if cut == #text then return handle:close() end
            write(text:sub(1, cut))
            timers.setTimeout(function()
              write(text:sub(cut + 1))
              cut = cut + 1
              timers.setTimeout(go, 1)
            end, 1)
          end
          go()
        ]], { serialization = mode })
        local count, bad = 0, nil
        one:on("message", function(message)
          count = count + 1
          if message.text ~= "a line\n" or message.list[3] ~= 3 or message.half ~= 0.5 then bad = message end
        end)
        net.run()
        assert.is_nil(bad)
        assert.is_true(count > 30)
      end
    end)

    it("ends with an error", function()
      local cases = {
        { "advanced", [[write("\0\0\0\3\255\15o")]], "ERR_IPC_BAD_MESSAGE" },
        { "advanced", [[write("\0\0\0\4L\1\99\99")]], "ERR_IPC_BAD_MESSAGE" },
        { "advanced", [[write("\255\255\255\255")]], "ERR_FRAME_TOO_LONG" },
        { "json", [[write("no json\n")]], "ERR_IPC_BAD_MESSAGE" },
        { "json", [[write("{}{}\n")]], "ERR_IPC_BAD_MESSAGE" },
        { "json", [[write("\n")]], "ERR_IPC_BAD_MESSAGE" },
        { "json", [[write(("x"):rep(5000))]], "ERR_FRAME_TOO_LONG", 4000 },
        { "advanced", [[write("\0\0\16\0")]], "ERR_FRAME_TOO_LONG", 4000 },
      }
      for _, case in ipairs(cases) do
        local one = raw(case[2], { serialization = case[1], maxMessage = case[4] })
        local events = forks.record(one, { "disconnect", "exit", "close" })
        local code
        one:on("error", function(err) code = err.code end)
        one:on("disconnect", function() one:kill() end)
        net.run()
        assert.equal(case[3], code, case[2])
        assert.equal("disconnect", events[1])
      end
    end)

    it("ends with an error in the child, too, where a message is longer than maxMessage", function()
      for _, mode in ipairs({ "json", "advanced" }) do
        local one = forks.fork([[
          local net = require("net")
          net.process:on("error", function(err) net.process:exit(err.code == "ERR_FRAME_TOO_LONG" and 7 or 1) end)
          net.process:on("message", function(message) net.process:send(#message) end)
          net.run()
        ]], nil, { serialization = mode, maxMessage = 4000 })
        local got
        one:on("error", function() end)
        one:on("message", function(message)
          got = message
          one:send(("x"):rep(5000))
        end)
        one:send(("x"):rep(3000))
        net.run()
        assert.equal(3000, got)
        assert.equal(7, one.exitCode)
      end
    end)

    it("does not mind messages of the protocol that nobody expects", function()
      local one = raw([[
        for _, text in ipairs({
          '{"cmd":"NODE_HANDLE"}', '{"cmd":"NODE_HANDLE_ACK"}', '{"cmd":"NODE_HANDLE_NACK"}',
          '{"cmd":"NODE_HANDLE","type":"net.Socket","msg":1}', '{"cmd":"NODE_HANDLE","type":5}',
          '{"cmd":"NODE_SOCKET_COUNT","key":"x","count":"y"}', '{"cmd":"NODE_SOCKET_GET_COUNT","key":"x"}',
          '{"cmd":"NODE_SOCKET_ALL_CLOSED","key":7}', '{"cmd":"NODE_SOCKET_NOTIFY_CLOSE","key":{}}',
          '{"cmd":"NODE_CLUSTER","act":"newconn"}', '{"cmd":"NODE_NOTHING"}', '{"cmd":"NODE_"}', '"end"',
        }) do write(text .. "\n") end
      ]], { serialization = "json" })
      local got = {}
      one:on("message", function(message)
        got[#got + 1] = message
        if message == "end" then one:kill() end
      end)
      net.run()
      assert.equal(2, #got) -- "NODE_" alone is nobody's prefix
      assert.equal("end", got[2])
    end)
  end)

  it("says false when much is waiting, and loses nothing", function()
    local one = forks.fork([[
      local net = require("net")
      local start = os.clock()
      while os.clock() - start < 0.3 do end -- it does not read
      local count = 0
      net.process:on("message", function(message)
        if message ~= "end" then count = count + 1 return end
        net.process:send(count)
        net.process:disconnect()
      end)
      net.run()
    ]])
    local refused, got = 0, nil
    one:on("message", function(message) got = message end)
    for i = 1, 10000 do
      if not one:send({ number = i, text = ("x"):rep(100) }) then refused = refused + 1 end
    end
    one:send("end")
    assert.is_true(refused > 1000)
    net.run()
    assert.equal(10000, got)
  end)

  it("keeps messages for who listens later", function()
    local one = forks.fork([[
      local net = require("net")
      for i = 1, 3 do net.process:send(i) end
      net.process:once("message", function() net.process:disconnect() end)
      net.run()
    ]])
    local got = {}
    timers.setTimeout(function()
      one:on("message", function(message)
        got[#got + 1] = message
        if message == 3 then one:send("bye") end
      end)
    end, 300)
    net.run()
    assert.same({ 1, 2, 3 }, got)
  end)

  it("ends the child when the parent leaves, if nothing else keeps it", function()
    local path = forks.script("")
    local one = forks.fork([[
      local net = require("net")
      net.process:on("message", function() end)
      net.process:on("disconnect", function()
        local file = io.open(arg[1], "w")
        file:write("disconnect")
        file:close()
      end)
      net.run()
    ]], { path })
    one:once("spawn", function() timers.setTimeout(function() one:disconnect() end, 200) end)
    local events = forks.record(one, { "disconnect", "exit", "close" })
    net.run()
    assert.same({ "disconnect", "exit 0 nil", "close 0 nil" }, events)
    local file = io.open(path)
    assert.equal("disconnect", file:read("*a"))
    file:close()
  end)

  it("tells of a child that dies, and does not keep a child that does not listen", function()
    local one = forks.fork("local net = require('net') net.process:send('x') os.exit(5)")
    local events = forks.record(one, { "message", "disconnect", "exit", "close" })
    net.run()
    table.sort(events)
    assert.same({ "close 5 nil", "disconnect", "exit 5 nil", "message x nil" }, events)
    one = forks.fork("local net = require('net') net.run()")
    events = forks.record(one, { "disconnect", "exit" })
    net.run()
    table.sort(events)
    assert.same({ "disconnect", "exit 0 nil" }, events)
  end)

  -- ---- handles ----

  local function receivers()
    local list = {
      { name = "Lua", fork = function() return forks.fork(RECEIVER) end },
      { name = "Lua in JSON", fork = function() return forks.fork(RECEIVER, nil, { serialization = "json" }) end },
    }
    for _, node in ipairs(forks.nodes) do
      list[#list + 1] = { name = node.name, fork = function() return forks.node(node.path, RECEIVER_JS) end }
    end
    return list
  end

  for _, receiver in ipairs(receivers()) do
    describe("to " .. receiver.name, function()
      it("hands sockets over, each byte of them, and counts them there", function()
        local before = descriptors()
        local one = receiver.fork()
        local messages = forks.record(one, { "message" })
        local server = net.createServer({ pauseOnConnect = true, allowHalfOpen = true })
        local sent, closed = 0, 0
        server:on("connection", function(socket)
          sent = sent + 1
          socket:on("close", function() closed = closed + 1 end)
          socket:on("end", function() error("a sent socket has no end") end)
          one:send("no " .. sent, socket)
        end)
        server:listen(0, HOST)
        local port
        server:on("listening", function() port = server:address().port end)
        forks.wait(function() return port end)
        local answers = {}
        for i = 1, 5 do
          answers[i] = ask(port, ("request %d "):format(i):rep(1000))
        end
        forks.wait(function()
          for i = 1, 5 do
            if not answers[i]() then return false end
          end
          return true
        end, "the answers")
        for i = 1, 5 do
          local text = answers[i]()
          assert.truthy(text:find("^socket no %d "), text:sub(1, 100))
          assert.equal(("request %d "):format(i):rep(1000), text:gsub("^socket no %d ", ""))
        end
        assert.equal(5, closed)
        assert.is_nil(server.connections)
        local total
        local function count() server:getConnections(function(err, number) total = err or number end) end
        forks.wait(function()
          if total == 0 then return true end
          count()
          return false
        end, "no connection left")
        local server_closed = false
        server:close(function() server_closed = true end)
        forks.wait(function() return server_closed end, "close of the server")
        assert.equal(5, #messages)
        one:send("leave")
        net.run()
        assert.equal(before, descriptors())
      end)

      it("hands servers over, and both serve", function()
        local before = descriptors()
        local one = receiver.fork()
        local server = net.createServer()
        server:listen(0, HOST)
        local got_it, port
        one:on("message", function(message) got_it = message == "got server" end)
        server:on("listening", function()
          port = server:address().port
          one:send("x", server, function(err)
            assert.is_nil(err)
            server:close()
          end)
        end)
        forks.wait(function() return got_it and not server.listening end, "the server to arrive")
        local answer = ask(port)
        forks.wait(answer, "the answer")
        assert.equal("server x", answer())
        one:send("leave")
        net.run()
        assert.equal(before, descriptors())
      end)

      it("hands sockets at paths over, and keeps them open if that is asked for", function()
        local one = receiver.fork()
        local path = testing.tmpPath()
        local server = net.createServer({ pauseOnConnect = true }):listen(path)
        local kept
        server:on("connection", function(socket)
          kept = socket
          one:send("kept", socket, { keepOpen = true })
        end)
        local socket = net.connect(path)
        local text = ""
        one:on("message", function(message)
          if message == "got socket" then kept:write("from here ", function() socket:finish("hello") end) end
        end)
        socket:on("data", function(data) text = text .. data end)
        local over = false
        socket:on("close", function() over = true end)
        forks.wait(function() return text:find("hello") end, "both answers")
        assert.equal("from here socket kept hello", text)
        assert.is_false(kept.destroyed)
        kept:destroy()
        forks.wait(function() return over end)
        server:close()
        one:send("leave")
        net.run()
      end)
    end)
  end

  for _, node in ipairs(forks.nodes) do
    it("is the same with " .. node.name .. " as the parent", function()
      local script = forks.script(RECEIVER)
      local parent = forks.script([[
        const net = require("net"), cp = require("child_process");
        const one = cp.spawn(process.argv[2], [process.argv[3] ], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
        const log = (...words) => console.log(...words);
        const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true });
        const ask = (port, text, done) => {
          let got = "";
          const socket = net.connect({ port, host: "127.0.0.1" });
          socket.on("data", (data) => { got += data; });
          socket.on("close", () => done(got));
          if (text) socket.end(text);
        };
        one.on("message", (message) => log("message", JSON.stringify(message)));
        one.on("disconnect", () => log("disconnect"));
        one.on("close", (code) => log("close", code));
        one.send({ a: [1, 2.5, null, "Grüße"] });
        server.on("connection", (socket) => one.send("socket", socket));
        server.listen(0, "127.0.0.1", () => {
          const port = server.address().port;
          ask(port, "request", (got) => {
            log("answer", got);
            const poll = () => server.getConnections((err, count) => {
              if (count > 0) return setTimeout(poll, 10);
              log("count", err, count);
              server.removeAllListeners("connection");
              one.send("it", server);
              one.once("message", () => {
                server.close(() => {
                  log("server closed");
                  ask(port, "", (answer) => {
                    log("answer", answer);
                    one.send("leave");
                  });
                });
              });
            });
            poll();
          });
        });
      ]], ".js")
      local out = ""
      local lines = forks.keep(net.child_process.spawn(node.path, { parent, forks.lua(), script }, {
        env = forks.env(), stdio = { "ignore", "pipe", "inherit" },
      }))
      lines.stdout:on("data", function(data) out = out .. data end)
      net.run()
      assert.truthy(out:find('message {"alone":{"a":[1,2.5,null,"Grüße"]}}', 1, true)
        or out:find('message {"alone":{"a":[1,2.5]}}', 1, true), out)
      for _, line in ipairs({ 'message "got socket"', "answer socket socket request", "count null 0",
        'message "got server"', "server closed", "answer server it", "disconnect", "close 0" }) do
        assert.truthy(out:find(line .. "\n", 1, true), line .. "\n" .. out)
      end
    end)
  end

  describe("when a socket is sent", function()
    -- A connection's server side, and the child that gets it.
    local function connected(script, go, options)
      local one = forks.fork(script or RECEIVER, nil, options)
      local server = net.createServer({ pauseOnConnect = true, allowHalfOpen = true })
      local client
      server:on("connection", function(socket)
        server:close()
        go(one, socket, client)
      end)
      server:listen(0, HOST, function()
        client = net.connect({ port = server:address().port, host = HOST, allowHalfOpen = true })
      end)
      return one
    end

    local function over(script, go)
      local text, events
      local one = connected(script, function(child_, socket, client)
        events = forks.record(client, { "end", "error", "close" })
        text = ""
        client:on("data", function(data) text = text .. data end)
        client:on("end", function() client:finish() end)
        go(child_, socket, client)
      end)
      return one, function() return text, events end
    end

    it("that was sent already, the message goes alone", function()
      local got = {}
      local one = over(nil, function(to, socket, client)
        to:on("message", function(message)
          got[#got + 1] = type(message) == "table" and message.alone or message
          if #got == 2 then
            client:finish()
            to:send("leave")
          end
        end)
        to:send("first", socket)
        assert.is_true(socket.destroyed)
        to:send("second", socket)
      end)
      net.run()
      assert.same({ "got socket", "second" }, got)
      assert.equal(0, one.exitCode)
    end)

    -- The client says something that is read here, and nobody takes it.
    local function with_unread(options, go)
      connected(RECEIVER, function(to, socket, client)
        client:write("early ")
        client:on("end", function() client:finish() end)
        client:resume()
        socket:read(0)
        socket:once("readable", function() go(to, socket, client) end)
      end, options)
    end

    it("with data that was read and nobody has taken, the other side reads it first", function()
      local text = ""
      with_unread(nil, function(to, socket, client)
        client:on("data", function(data) text = text .. data end)
        client:on("end", function() to:send("leave") end)
        to:send("x", socket, function(err) assert.is_nil(err) end)
        assert.is_true(socket.destroyed)
        client:finish("late")
      end)
      net.run()
      assert.equal("socket x early late", text)
    end)

    it("with such data where JSON is spoken, or with an encoding set, it stays here and an Error says so", function()
      for _, encoding in ipairs({ "none", "hex" }) do
        local code, text
        with_unread(encoding == "none" and { serialization = "json" } or nil, function(to, socket)
          if encoding ~= "none" then socket:setEncoding(encoding) end
          to:send("x", socket, function(err)
            code = err.code
            text = socket:read()
            assert.is_false(socket.destroyed)
            socket:destroy()
            to:send("leave")
          end)
        end)
        net.run()
        assert.equal("ERR_INVALID_STATE", code)
        assert.equal(encoding == "none" and "early " or "6561726c7920", text)
      end
    end)

    it("with data that is still to be written, it goes when that is out; other messages go ahead", function()
      local data = ("x"):rep(20 * 1024 * 1024)
      local count, got, tail = 0, {}, ""
      local one = connected(nil, function(to, socket, client)
        to:on("message", function(message)
          got[#got + 1] = type(message) == "table" and message.alone or message
          if message ~= "got socket" then
            client:on("data", function(chunk)
              count = count + #chunk
              tail = (tail .. chunk):sub(-20)
            end)
            client:resume()
          else
            client:finish()
            to:send("leave")
          end
        end)
        client:pause()
        socket:write(data)
        assert.is_false(to:send("x", socket, function(err) assert.is_nil(err) end))
        to:send("ahead")
      end)
      net.run()
      assert.same({ "ahead", "got socket" }, got)
      assert.equal("socket x ", tail:match("socket.*"))
      assert.equal(#data + #"socket x ", count)
      assert.equal(0, one.exitCode)
    end)

    it("while it has data to write and the channel goes, or the socket, nobody waits for ever", function()
      local data = ("x"):rep(20 * 1024 * 1024)
      local code, alone
      local events
      connected(nil, function(to, socket, client)
        client:pause()
        socket:write(data)
        to:send("x", socket, function(err)
          code = err.code
          assert.is_false(socket.destroyed)
          socket:destroy()
        end)
        to:kill("SIGKILL")
        client:on("error", function() end)
        client:on("end", function() client:finish() end)
        client:resume()
      end)
      net.run()
      assert.equal("ERR_IPC_CHANNEL_CLOSED", code)
      connected(nil, function(to, socket, client)
        events = forks.record(client, { "close" })
        client:on("end", function() client:finish() end)
        client:on("error", function() end)
        client:pause()
        socket:write(data)
        to:send("x", socket) -- nobody hears of it if that fails
        to:kill("SIGKILL")
        client:resume()
      end)
      net.run()
      assert.equal(1, #events)
      connected(nil, function(to, socket, client)
        client:on("error", function() end)
        client:pause()
        socket:write(data)
        to:send("x", socket)
        to:on("message", function(message)
          alone = message.alone
          to:send("leave")
        end)
        socket:destroy()
        client:on("end", function() client:finish() end)
        client:resume()
      end)
      net.run()
      assert.equal("x", alone)
    end)

    it("while it connects, it goes when it is connected", function()
      local text = ""
      local server = net.createServer()
      server:on("connection", function(peer)
        peer:finish("hello")
        peer:on("data", function(data) text = text .. data end)
        server:close()
      end)
      server:listen(0, HOST, function()
        local to = forks.fork(RECEIVER)
        to:on("message", function(message)
          assert.equal("got socket", message)
          to:send("leave")
        end)
        to:send("x", net.connect(server:address().port, HOST))
      end)
      net.run()
      assert.equal("socket x hello", text)
    end)

    it("with a timer, that is gone; half-closed, it is so there", function()
      local timeouts = 0
      local _, state = over(nil, function(to, socket, client)
        socket:setTimeout(20, function() timeouts = timeouts + 1 end)
        client:finish("all")
        to:send("half", socket)
        to:on("message", function() timers.setTimeout(function() to:send("leave") end, 200) end)
      end)
      net.run()
      local text, events = state()
      assert.equal("socket half all", text)
      assert.same({ "end", "close false" }, events)
      assert.equal(0, timeouts)
    end)

    it("to a child that dies at any stage, its client sees the end at once", function()
      local before = descriptors()
      local stages = {
        "os.exit(1)",
        "local net = require('net') os.exit(1)",
        "local net = require('net') net.process:on('internalMessage', function() os.exit(1) end) net.run()",
        "local net = require('net') net.process:on('message', function() os.exit(1) end) net.run()",
        "local net = require('net') net.process:on('message', function(_, s) s:write('x') "
          .. "net.process.kill(net.process.pid, 'SIGKILL') end) net.run()",
      }
      for i, script in ipairs(stages) do
        local _, state = over(script, function(to, socket)
          to:on("error", function() end)
          for _ = 1, 3 do
            to:send("before")
          end
          to:send("x", socket, function(err)
            if err then socket:destroy() end -- it has not gone
          end)
          to:send("after", function() end)
        end)
        net.run()
        local _, events = state()
        assert.truthy(events[#events]:find("^close"), "stage " .. i)
      end
      collectgarbage()
      net.run()
      assert.equal(before, descriptors())
    end)
  end)

  it("closes handles that come without a message, and refuses a message without its handle", function()
    local one = forks.fork([[
      local core = require("uvnet.core")
      local net = require("net")
    ]] .. "\n" .. [[
      local channel = net.process._channel
      local formats = require("uvnet.process.formats")
      local handles = {}
      for i = 1, 20 do
        local handle = core.tcp()
        handle:bind("127.0.0.1", 0)
        handles[i] = handle
        channel._handle:send(formats.advanced.encode("alone"), handle)
      end
      channel._handle:send(formats.advanced.encode({ cmd = "NODE_HANDLE", type = "net.Native", msg = "none" }))
      net.process:on("internalMessage", function(message)
        if message.cmd == "NODE_HANDLE_NACK" then net.process:send("nack") end
      end)
      net.process:on("message", function() net.process:disconnect() end)
      net.run()
    ]])
    local count, nack, before = 0, false, nil
    one:on("message", function(message, handle)
      before = before or descriptors()
      assert.is_nil(handle and message == "alone" and handle)
      if message == "alone" then count = count + 1 end
      if message == "nack" then
        nack = true
        assert.is_true(descriptors() <= before + 1)
        one:send("leave")
      end
    end)
    net.run()
    assert.equal(20, count)
    assert.is_true(nack)
  end)

  it("refuses what is called advanced by a parent that is no Lua", function()
    local command = "env NODE_CHANNEL_FD=0 NODE_CHANNEL_SERIALIZATION_MODE=advanced "
      .. child.lua("-e", [[require("net")]])
    -- A descriptor that is no channel is left alone.
    local _, status, errors = child.run(command)
    assert.equal(0, status, errors)
    _, status, errors = child.run("sh -c " .. child.quote("sleep 1 | " .. command))
    assert.not_equal(0, status)
    assert.truthy(errors:find("V8's form", 1, true), errors)
  end)
end)
