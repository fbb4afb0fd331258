--- Programs that are not ours, on the other end.

local child = require("spec.support.child")
local lfs = require("lfs")
local net = require("net")
local record = require("spec.support.record")
local testing = require("uvnet.testing")

local HOST = "127.0.0.1"

-- A checker that is loaded into our own process has no business in other programs.
local function other(...) return "env -u LD_PRELOAD " .. table.concat({ ... }, " ") end

local function serve(where, options, listener)
  local server = net.createServer(options, listener)
  if where then server:listen(where) else server:listen(0, HOST) end
  testing.wait(server, "listening")
  return server, not where and server:address().port
end

local function has(...)
  for _, program in ipairs({ ... }) do
    if not child.has(program) then
      pending(program .. " is not here")
      return false
    end
  end
  return true
end

local function echo(socket)
  socket:write("hello\n")
  socket:pipe(socket)
end

-- What the client gets, and its events.
local function talk(socket, text)
  local log = record(socket, nil, nil, { "data" })
  local chunks = {}
  socket:on("data", function(data) chunks[#chunks + 1] = data end)
  socket:finish(text)
  testing.run(function() return log[#log] == "close:false" or log[#log] == "close:true" end)
  return table.concat(chunks), log
end

-- The same with whoever listens at a path. Between his `bind` and his `listen` the path is there, and refuses.
local function talk_at(path, peer, text)
  child.poll(function() return lfs.attributes(path) or peer:status() end)
  local answer, log
  repeat
    answer, log = talk(net.connect(path), text)
  until not log[1]:find("ECONNREFUSED", 1, true) or peer:status()
  return answer, log
end

describe("a peer that is not ours:", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  describe("nc", function()
    it("talks to our server over TCP", function()
      if not has("nc") then return end
      local server, port = serve(nil, nil, echo)
      local output, status = child.run(other("nc -N", HOST, port), { input = "from nc\n" })
      assert.equal("hello\nfrom nc\n", output)
      assert.equal(0, status)
      server:close()
    end)

    it("talks to our server over a unix socket", function()
      if not has("nc") then return end
      local path = testing.tmpPath()
      local server = serve(path, nil, echo)
      local output, status = child.run(other("nc -N -U", path), { input = "from nc\n" })
      assert.equal("hello\nfrom nc\n", output)
      assert.equal(0, status)
      server:close()
    end)

    it("is a server to our client", function()
      if not has("nc") then return end
      local path = testing.tmpPath()
      local peer = child.start(other("nc -N -l -U", path), { input = "from nc\n" })
      local text = talk_at(path, peer, "from us\n")
      assert.equal("from nc\n", text)
      assert.equal(0, peer:wait())
      assert.equal("from us\n", peer:output())
      os.remove(path)
    end)
  end)

  describe("socat", function()
    it("half-closes and still gets the answer", function()
      if not has("socat") then return end
      local server, port = serve(nil, { allowHalfOpen = true }, function(socket)
        local text = ""
        socket:on("data", function(data) text = text .. data end)
        socket:on("end", function() socket:finish(text:upper()) end)
      end)
      local output, status = child.run(other(("socat -t 5 - TCP:%s:%d"):format(HOST, port)), { input = "question" })
      assert.equal("QUESTION", output)
      assert.equal(0, status)
      server:close()
    end)

    it("gets a MiB over a unix socket, and sends it back", function()
      if not has("socat") then return end
      local path = testing.tmpPath()
      local server = serve(path, nil, function(socket) socket:pipe(socket) end)
      local text = ("0123456789abcdef"):rep(65536)
      local output, status = child.run(other("socat -t 5 - UNIX-CONNECT:" .. path), { input = text })
      assert.equal(0, status)
      assert.equal(#text, #output)
      assert.is_true(text == output)
      server:close()
    end)

    it("echoes to our client", function()
      if not has("socat") then return end
      local path = testing.tmpPath()
      local peer = child.start(other("socat -t 5 UNIX-LISTEN:" .. path .. " EXEC:cat"))
      local text, log = talk_at(path, peer, "round trip")
      assert.equal("round trip", text)
      assert.equal("close:false", log[#log])
      peer:wait()
    end)
  end)

  describe("Node.js", function()
    local CLIENT = [[
      const net = require("net");
      const where = isNaN(process.argv[1]) ? { path: process.argv[1] } : { port: +process.argv[1], host: "127.0.0.1" };
      const client = net.connect(where, () => console.log("connect"));
      client.setEncoding("utf8");
      let text = "";
      client.on("data", (data) => (text += data));
      client.on("end", () => console.log("end " + text));
      client.on("close", (hadError) => console.log("close " + hadError));
      client.end("from node");
    ]]
    local SERVER = [[
      const net = require("net");
      const server = net.createServer({ allowHalfOpen: true }, (socket) => {
        let text = "";
        socket.on("data", (data) => (text += data));
        socket.on("end", () => { console.log("end " + text); socket.end("from node"); });
        socket.on("close", (hadError) => { console.log("close " + hadError); server.close(); });
      });
      const where = process.argv[1] === "0" ? { port: 0, host: "127.0.0.1" } : { path: process.argv[1] };
      server.listen(where, () => console.log("listening " + (server.address().port || "")));
    ]]

    local function node(script, argument) return other("node -e", child.quote(script), argument) end

    for _, ipc in ipairs({ false, true }) do
      local over = ipc and " over a unix socket" or " over TCP"

      it("is a client of our server" .. over, function()
        if not has("node") then return end
        local path = ipc and testing.tmpPath() or nil
        local log
        local server, port = serve(path, nil, function(socket)
          log = record(socket)
          socket:write("from us")
        end)
        local output, status = child.run(node(CLIENT, path or port))
        assert.equal("connect\nend from us\nclose false\n", output)
        assert.equal(0, status)
        assert.same({ "data:from node", "end", "finish", "close:false" }, log)
        server:close()
      end)

      it("is a server of our client" .. over, function()
        if not has("node") then return end
        local path = ipc and testing.tmpPath() or nil
        local peer = child.start(node(SERVER, path or 0))
        local port = tonumber(peer:waitFor("listening (%d*)\n"))
        local client = path and net.connect(path) or net.connect(port, HOST)
        local text, log = talk(client, "from us")
        assert.equal("from node", text)
        assert.same({ "connect", "finish", "end", "close:false" }, log)
        assert.equal(0, peer:wait())
        assert.truthy(peer:output():find("end from us\nclose false\n", 1, true))
      end)
    end
  end)

  describe("curl", function()
    it("gets pages of the HTTP/1.0 example", function()
      if not has("curl") then return end
      local server = child.start(child.example("http_server", 0))
      local port = server:waitFor("listening on 127%.0%.0%.1:(%d+)\n")
      local base = ("http://%s:%s"):format(HOST, port)
      local output, status = child.run(other("curl --noproxy '*' -sS", base .. "/hello/curl"))
      assert.equal("Hello, curl!\n", output)
      assert.equal(0, status)
      output = child.run(other("curl --noproxy '*' -sS -o /dev/null -w '%{http_code}'", base .. "/nothing"))
      assert.equal("404", output)
      output = child.run(other("curl --noproxy '*' -sS -o /dev/null -w '%{http_code}' -d body", base .. "/"))
      assert.equal("405", output)
      output = child.run(other("curl --noproxy '*' -sSI", base .. "/"))
      assert.truthy(output:find("^HTTP/1%.0 200 OK"))
    end)
  end)
end)
