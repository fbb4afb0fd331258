--- The bounds that docs/security.md names. Its blocks that begin with a file's name are what is tested here.

local blocks = require("spec.support.blocks")
local child = require("spec.support.child")
local core = require("uvnet.core")
local lfs = require("lfs")
local net = require("net")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local CHUNK = 65536 -- the most that one read gives
local MARK = 65536 -- the high-water mark, if nobody sets one
local PATIENCE = 30000 -- ms: under valgrind all takes twenty times as long

local unpack = table.unpack or unpack -- luacheck: ignore 143

local function block(name) return blocks.load("docs/security.md", name) end

local withstand, take_over = block("withstand.lua"), block("takeover.lua")

-- What asks for a file's kind works with LuaFileSystem and without it.
package.loaded.lfs, package.preload.lfs = nil, function() error("not installed") end
local take_overs = { ["with lfs"] = take_over, ["without lfs"] = block("takeover.lua") }
package.loaded.lfs, package.preload.lfs = lfs, nil

local function ignore(emitter) return emitter:on("error", function() end) end

local function wait(emitter, event) return testing.wait(emitter, event, PATIENCE) end

local function run(condition) return testing.run(condition, PATIENCE) end

-- Runs the loop until a number has not changed for a while, and gives it back.
local function settled(number)
  local last, quiet = number(), 0
  local timer = timers.setInterval(function()
    local now = number()
    quiet = now == last and quiet + 1 or 0
    last = now
  end, 10)
  run(function() return quiet >= 8 end)
  timer:close()
  return last
end

local function at_most(limit, number, what)
  assert.is_true(number <= limit, ("%s: %d bytes, more than %d"):format(what, number, limit))
end

-- Bytes of memory that the process has, nil where that says nothing: checkers of memory keep what is freed.
local function resident()
  local maps, size = io.open("/proc/self/maps"), io.open("/proc/self/statm")
  if not maps or not size then return nil end
  local checked = maps:read("*a"):find("libasan") or os.getenv("LD_PRELOAD")
  local pages = tonumber(size:read("*a"):match("^%d+ (%d+)"))
  maps:close()
  size:close()
  return not checked and pages * 4096 or nil
end

-- What Lua has of it.
local function collected()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count") * 1024
end

-- The printed server, with these limits in the place of some that do not matter.
local function withstanding(limits, answer)
  local all = { connections = 1000, perAddress = 1000, line = 1000, time = PATIENCE }
  for name, value in pairs(limits) do
    all[name] = value
  end
  local server = withstand(all, answer or string.upper)
  server:listen(0, sockets.HOST)
  wait(server, "listening")
  return server
end

-- A client that has sent a text; `got` gives what has come.
local function converse(server, text)
  local client, parts = net.connect({ port = server:address().port, host = sockets.HOST, allowHalfOpen = true }), {}
  ignore(client):on("data", function(data) parts[#parts + 1] = data end)
  client:on("end", function() client:finish() end)
  function client.got() return table.concat(parts) end
  if text ~= "" then client:write(text) end
  return client
end

describe("security:", function()
  testing.leakCheck(before_each, after_each)
  after_each(child.cleanup)

  describe("a flood of connections", function()
    it("gets maxConnections; the others are dropped, told of and closed", function()
      local most, flood = 20, 300
      local accepted, dropped, closed, beyond = {}, 0, 0, 0
      local server, port = sockets.serve(function(socket)
        accepted[#accepted + 1] = ignore(socket)
        socket:pipe(socket)
      end)
      server.maxConnections = most
      server:on("drop", function()
        dropped = dropped + 1
        if server.connections > most then beyond = beyond + 1 end
      end)
      local clients, answers = {}, 0
      for i = 1, flood do
        clients[i] = ignore(net.connect(port, sockets.HOST)):on("close", function() closed = closed + 1 end)
        clients[i]:on("data", function(data) answers = answers + #data end)
      end
      run(function() return #accepted + dropped == flood and closed == dropped end)
      assert.equal(most, #accepted)
      assert.equal(flood - most, dropped)
      assert.equal(0, beyond)
      assert.equal(most, server.connections)
      -- Those who are in are served.
      for _, client in ipairs(clients) do
        if not client.destroyed then client:finish("x") end
      end
      run(function() return closed == flood end)
      assert.equal(most, answers)
      server:close()
    end)

    it("of one address leaves room for others", function()
      local server, clients, answers = withstanding({ perAddress = 3 }), {}, {}
      local function connect(address)
        local client = net.connect({ port = server:address().port, host = sockets.HOST, localAddress = address })
        ignore(client):on("data", function(data) answers[#answers + 1] = data end)
        client:write("x\n")
        clients[#clients + 1] = client
      end
      for _ = 1, 10 do
        connect(sockets.HOST)
      end
      local function refused()
        local count = 0
        for _, client in ipairs(clients) do
          if client.destroyed then count = count + 1 end
        end
        return count
      end
      run(function() return #answers + refused() == 10 end)
      assert.equal(3, #answers)
      -- A place that is free again can be taken.
      for _, client in ipairs(clients) do
        if not client.destroyed then
          client:destroy()
          break
        end
      end
      run(function() return server.connections == 2 end)
      connect(sockets.HOST)
      run(function() return #answers == 4 end)
      for _, client in ipairs(clients) do
        client:destroy()
      end
      server:close()
      wait(server, "close")
    end)
  end)

  describe("a peer that is slow to speak", function()
    it("is closed by the idle time when it is silent", function()
      local client, ours = testing.pair()
      ours:setTimeout(30, function() ours:destroy() end)
      wait(client:resume(), "close")
    end)

    it("is closed by setDeadline though each byte starts the idle time anew", function()
      local client, ours = testing.pair()
      local timeouts, failure = 0, nil
      ours:setTimeout(PATIENCE, function() timeouts = timeouts + 1 end)
      ignore(client):resume()
      ours:on("error", function(err) failure = err end):resume()
      ours:setDeadline(150)
      local drip = timers.setInterval(function() client:write(".") end, 5)
      wait(ours, "close")
      drip:close()
      assert.equal("ERR_TIMEOUT", failure.code)
      assert.equal(0, timeouts)
      assert.is_true(ours.bytesRead > 1)
      wait(client, "close")
    end)

    it("is given time for each request by setDeadline", function()
      local client, ours = testing.pair()
      ignore(ours):resume()
      local begun = core.now()
      ours:setDeadline(200)
      local times = 0
      local requests = timers.setInterval(function()
        times = times + 1
        if times < 30 then ours:setDeadline(200) end
      end, 10)
      wait(ours, "close")
      requests:close()
      assert.is_true(times >= 30 and core.now() - begun >= 400, times .. " requests")
      ours:setDeadline(200)
      client:destroy()
    end)

    it("is closed by the deadline of the task, silent or dripping", function()
      local server = withstanding({ time = 200 })
      local silent, dripping = converse(server, ""), converse(server, "no end")
      local drip = timers.setInterval(function()
        if not dripping.destroyed then dripping:write(".") end
      end, 5)
      wait(silent, "close")
      wait(dripping, "close")
      drip:close()
      assert.equal("", silent.got() .. dripping.got())
      server:close()
    end)

    it("is given time for each request by the deadline of the task", function()
      local server = withstanding({ time = 1500 })
      local client, times = converse(server, ""), 0
      local requests
      requests = timers.setInterval(function()
        times = times + 1
        if times < 20 then return client:write("x\n") end
        client:finish("last\n")
        requests:close()
      end, 100)
      wait(client, "close")
      assert.equal(("X\n"):rep(19) .. "LAST\n", client.got())
      server:close()
    end)

    it("is ended in turn when it has ended, unless allowHalfOpen is set", function()
      local client, ours = testing.pair({ client = { allowHalfOpen = true } })
      ours:resume()
      client:resume():finish()
      wait(ours, "close")
      wait(client, "close")
    end)
  end)

  describe("a peer that never reads", function()
    -- Writes new strings, until told to wait, as often as there is room; gives back what is written. What it does not
    -- hold is collected every 4 MiB: that is not what is measured.
    local function source(socket, total, mind)
      local self = { offered = 0, most = 0 }
      local function pour()
        while self.offered < total do
          local more = socket:write(("%08d"):format(self.offered / CHUNK):rep(CHUNK / 8))
          self.offered = self.offered + CHUNK
          if self.offered % (64 * CHUNK) == 0 then collectgarbage() end
          self.most = math.max(self.most, socket.writableLength)
          if mind and not more then return end
        end
      end
      socket:on("drain", pour)
      pour()
      return self
    end

    it("has a chunk and the high-water mark queued, by who minds `false`: memory stays flat for 64 MiB", function()
      local client, ours = testing.pair()
      client:pause()
      local total = 64 * 1024 * 1024
      local lua, process = collected(), resident()
      local from = source(ours, total, true)
      local taken = settled(function() return from.offered end)
      assert.is_true(taken < total, "the peer is said not to read")
      at_most(MARK + CHUNK, ours.writableLength, "queued")
      -- It was only slow: the rest goes, in steps.
      local got, steps = 0, 0
      client:on("data", function(data)
        got = got + #data
        if got / total > steps / 8 then
          steps = steps + 1
          client:pause()
          timers.setTimeout(function() client:resume() end, 5)
        end
      end)
      client:resume()
      run(function() return got == total end)
      assert.is_true(steps >= 8)
      at_most(MARK + CHUNK, from.most, "queued at most")
      at_most(1024 * 1024, collected() - lua, "more in Lua")
      if process then at_most(32 * 1024 * 1024, resident() - process, "more in the process") end
      ours:destroy()
      client:destroy()
    end)

    it("has everything queued, by who does not", function()
      local client, ours = testing.pair()
      client:pause()
      local total = 32 * 1024 * 1024
      local before = collected()
      source(ours, total, false)
      assert.is_true(ours.writableLength > total / 2, ours.writableLength .. " bytes queued")
      -- Since 5.5 the collector does not count the bytes of a long string that was built up.
      local probe = collected()
      local text = ("y"):rep(1024 * 1024)
      if collected() - probe >= #text then assert.is_true(collected() - before > total / 2) end
      ours:destroy()
      client:destroy()
    end)

    for _, how in ipairs({ "has ended", "has not ended" }) do
      it("is not asked for more by writeAll, and cut off by the deadline, and " .. how, function()
        local ours, most, answered = nil, 0, 0
        local server = withstanding({ time = 150 }, function(line)
          answered = answered + 1
          most = math.max(most, ours.writableLength)
          return line:rep(CHUNK)
        end)
        server:prependListener("connection", function(socket) ours = socket end)
        local client = converse(server, "")
        client:pause()
        local text = ("x\n"):rep(2000)
        if how == "has ended" then client:finish(text) else client:write(text) end
        run(function()
          if ours then most = math.max(most, ours.writableLength) end
          return ours and ours.destroyed
        end)
        assert.is_true(answered < 2000)
        at_most(CHUNK + 1 + MARK, most, "queued")
        run(function() return server.connections == 0 end)
        client:destroy()
        server:close()
      end)
    end

    it("is read again when it has read", function()
      local answered = 0
      local server = withstanding({ time = PATIENCE }, function(line)
        answered = answered + 1
        return line:rep(CHUNK)
      end)
      local client = converse(server, "")
      client:pause()
      client:finish(("x\n"):rep(500))
      assert.is_true(settled(function() return answered end) < 500)
      client:resume()
      wait(client, "close")
      assert.equal(500, answered)
      assert.is_true(client.got() == (("X"):rep(CHUNK):lower() .. "\n"):rep(500))
      server:close()
    end)

    it("is cut off by the deadline when all is answered, too, and a little of it not sent", function()
      local ours
      local server = withstanding({ time = 300 }, function(line) return line:rep(CHUNK / 2) end)
      server:prependListener("connection", function(socket) ours = socket end)
      local client = converse(server, "")
      client:pause()
      -- Asks until the system takes no more of the answers, and ends.
      local pump
      pump = timers.setInterval(function()
        if ours and ours.writableLength == 0 and not ours.destroyed then return client:write("x\n") end
        if not ours then return end
        pump:close()
        client:finish()
      end, 2)
      run(function() return ours and ours.destroyed end)
      run(function() return server.connections == 0 end)
      client:destroy()
      server:close()
    end)

    it("keeps what is ended open, until a time-out closes it", function()
      local client, ours = testing.pair()
      client:pause()
      ours:finish(("x"):rep(32 * 1024 * 1024))
      ours:resume()
      assert.is_true(ours.writableLength > 0)
      local told = false
      ours:setTimeout(50, function()
        told = true
        assert.is_false(ours.writableFinished)
        ours:destroy()
      end)
      wait(ours, "close")
      assert.is_true(told)
      client:destroy()
    end)

    for _, kind in ipairs({ "a stream", "a socket" }) do
      it("stops the pipe from " .. kind .. " with a chunk and the high-water mark on either side", function()
        local client, ours = testing.pair()
        client:pause()
        local from, feeder
        if kind == "a stream" then
          local left = 1024
          from = net.stream.Readable({
            highWaterMark = MARK,
            read = function(self)
              left = left - 1
              if left >= 0 then self:push(("x"):rep(CHUNK)) end
            end,
          })
        else
          feeder, from = testing.pair()
          source(feeder, 1024 * 1024 * 1024, true)
        end
        local most, most_read = 0, 0
        from:on("data", function()
          most, most_read = math.max(most, ours.writableLength), math.max(most_read, from.readableLength)
        end)
        from:pipe(ours)
        local written = settled(function() return ours.bytesWritten end)
        assert.is_true(written > 0)
        at_most(CHUNK + MARK, math.max(most, ours.writableLength), "queued")
        at_most(CHUNK + MARK, math.max(most_read, from.readableLength), "held by the source")
        if feeder then
          assert.is_true(feeder.writableNeedDrain, "the feeder does not feel it")
          at_most(CHUNK + MARK, feeder.writableLength, "queued by the feeder")
          feeder:destroy()
        end
        from:unpipe(ours)
        from:destroy()
        ours:destroy()
        client:destroy()
      end)
    end
  end)

  describe("a peer that sends more than is read", function()
    for _, mark in ipairs({ MARK, 256 * 1024 }) do
      it("has to wait, with a chunk and the high-water mark held: " .. mark, function()
        local client, ours = testing.pair({ server = { highWaterMark = mark } })
        ours:pause()
        local total = 0
        local function pour()
          repeat
            total = total + CHUNK
          until not client:write(("x"):rep(CHUNK)) or total > 1024 * 1024 * 1024
        end
        client:on("drain", pour)
        pour()
        settled(function() return total end)
        at_most(mark + CHUNK, ours.readableLength, "held")
        assert.equal(ours.bytesRead, ours.readableLength)
        assert.is_true(ours.bytesRead >= mark)
        assert.is_true(client.writableNeedDrain)
        at_most(CHUNK + MARK, client.writableLength, "queued")
        client:destroy()
        ours:destroy()
      end)
    end
  end)

  describe("a line without end", function()
    local function lined(limit)
      local client, ours = testing.pair()
      local got = {}
      ignore(ours)
      ignore(client):resume()
      ours:frames("line", { limit = limit }, function(line) got[#got + 1] = line end)
      return client, ours, got
    end

    it("is told from lines that come in any pieces, up to the limit", function()
      local client, ours, got = lined(5)
      client:setNoDelay()
      local text = "one\r\n\n12345\nr\rs\ntail"
      for size = 1, #text do
        for at = 1, #text, size do
          ours:emit("data", text:sub(at, at + size - 1))
        end
        ours:emit("data", "\n")
        assert.same({ "one", "", "12345", "r\rs", "tail" }, got)
        for i = #got, 1, -1 do
          got[i] = nil
        end
      end
      client:destroy()
      wait(ours, "close")
    end)

    it("destroys the socket, whole or not", function()
      for _, text in ipairs({ "123456\n", "12345\n1234567" }) do
        local client, ours, got = lined(5)
        client:write(text)
        wait(ours, "close")
        assert.same({ text:match("^(12345)\n") }, got)
        wait(client, "close")
      end
    end)

    it("is not kept: no more than the limit and a chunk", function()
      local client, ours = lined(100000)
      client:write(("x"):rep(16 * 1024 * 1024))
      wait(ours, "close")
      assert.is_true(ours.bytesRead > 100000)
      at_most(100000 + CHUNK, ours.bytesRead, "read")
      client:destroy()
    end)

    it("ends its connection in a task, whole or not, and no other", function()
      local server = withstanding({ line = 5, time = PATIENCE })
      local other = converse(server, "one\n")
      for _, text in ipairs({ "123456\n", "12345\n1234567", ("x"):rep(16 * 1024 * 1024) }) do
        local client = converse(server, text)
        wait(client, "close")
        assert.equal(text:find("^12345\n") and client.got() ~= "" and "12345\n" or "", client.got())
      end
      other:finish("two\n")
      wait(other, "close")
      assert.equal("ONE\nTWO\n", other.got())
      server:close()
    end)

    -- A pattern that is not anchored takes half a minute for this.
    it("takes time in proportion to what comes", function()
      local client, ours, got = lined(2 * CHUNK)
      client:write("first\n" .. ("x"):rep(2 * CHUNK) .. "\n")
      local begun = os.clock()
      run(function() return #got == 2 end)
      assert.is_true(os.clock() - begun < 10)
      assert.equal(2 * CHUNK, #got[2])
      client:destroy()
      ours:destroy()
    end)
  end)

  describe("a unix socket", function()
    if package.config:sub(1, 1) == "\\" then return end

    local function listening(path)
      local server = net.createServer(function(socket) ignore(socket):pipe(socket) end)
      server:listen(path)
      wait(server, "listening")
      return server
    end

    local function echoes(path)
      local client = net.connect(path)
      client:finish("there")
      local answer = wait(client, "data")
      wait(client, "close")
      return answer == "there"
    end

    -- A program with a umask that listens at some paths: path, options ("r", "w", "rw" or "-"), path, …
    local function server_child(umask, paths)
      local script = os.tmpname()
      local file = assert(io.open(script, "w"))
      file:write([[
        local net = require("uvnet")
        local left = #arg / 2
        for i = 1, #arg, 2 do
          local all = { readableAll = arg[i + 1]:find("r") ~= nil, writableAll = arg[i + 1]:find("w") ~= nil }
          local server = net.createServer(function(socket) socket:finish() end)
          server:listen({ path = arg[i], readableAll = all.readableAll, writableAll = all.writableAll }, function()
            left = left - 1
            if left == 0 then
              print("ready")
              io.stdout:flush()
            end
          end)
        end
        net.run()
      ]])
      file:close()
      local command = ("umask %s; exec %s"):format(umask, child.lua(script, unpack(paths)))
      local running = child.start("sh -c " .. child.quote(command))
      running:waitFor("ready\n", PATIENCE)
      os.remove(script)
      return running
    end

    -- The file of a server that was killed.
    local function stale_file(suffix)
      local path = testing.tmpPath() .. (suffix or "")
      local running = server_child("022", { path, "-" })
      running:kill("KILL")
      running:wait(PATIENCE)
      assert.equal("socket", lfs.attributes(path, "mode"))
      return path
    end

    local COMBINATIONS = { "-", "r", "w", "rw" }
    local MODES = { -- by umask, for each combination
      ["000"] = { "rwxrwxrwx", "rwxrwxrwx", "rwxrwxrwx", "rwxrwxrwx" },
      ["007"] = { "rwxrwx---", "rwxrwxr--", "rwxrwx-w-", "rwxrwxrw-" },
      ["022"] = { "rwxr-xr-x", "rwxr-xr-x", "rwxrwxrwx", "rwxrwxrwx" },
      ["077"] = { "rwx------", "rwxr--r--", "rwx-w--w-", "rwxrw-rw-" },
      ["177"] = { "rw-------", "rw-r--r--", "rw--w--w-", "rw-rw-rw-" },
    }

    for umask, modes in pairs(MODES) do
      it("has the mode that the umask " .. umask .. " leaves, and what readableAll and writableAll add", function()
        local paths, arguments = {}, {}
        for i, combination in ipairs(COMBINATIONS) do
          paths[i] = testing.tmpPath()
          arguments[2 * i - 1], arguments[2 * i] = paths[i], combination
        end
        local running = server_child(umask, arguments)
        local found = {}
        for i, path in ipairs(paths) do
          found[i] = lfs.attributes(path, "permissions")
        end
        running:kill()
        running:wait(PATIENCE)
        for _, path in ipairs(paths) do
          os.remove(path)
        end
        assert.same(modes, found)
      end)
    end

    it("refuses users whom its mode does not let write", function()
      if not child.has("python3") then return pending("python3 is not here") end
      if child.run("id -u"):match("%d+") ~= "0" then return pending("only root can become another user") end
      local become = "import os, socket, sys\nos.setgroups([])\nos.setgid(65534)\nos.setuid(65534)\n"
        .. "for path in sys.argv[1:]:\n  try:\n    socket.socket(socket.AF_UNIX).connect(path)\n    "
        .. "print('connected')\n"
        .. "  except OSError as err:\n    print(err.strerror)\n"
      local paths, arguments, words = {}, {}, ""
      for i, combination in ipairs(COMBINATIONS) do
        paths[i] = testing.tmpPath()
        arguments[2 * i - 1], arguments[2 * i] = paths[i], combination
        words = words .. " " .. child.quote(paths[i])
      end
      local running = server_child("077", arguments)
      local said = child.run("python3 -c " .. child.quote(become) .. words, nil, PATIENCE)
      running:kill()
      running:wait(PATIENCE)
      for _, path in ipairs(paths) do
        os.remove(path)
      end
      assert.equal("Permission denied\nPermission denied\nconnected\nconnected\n", said)
    end)

    describe("between bind and listen", function()
      local make, instead = core.pipe, {}

      -- The server's handle: a method of `instead` is called in the place of the handle's own, and gets that first.
      before_each(function()
        core.pipe = function()
          local handle = make()
          return setmetatable({}, {
            __index = function(_, name)
              return function(_, ...)
                if instead[name] then return instead[name](handle[name], handle, ...) end
                return handle[name](handle, ...)
              end
            end,
          })
        end
      end)

      after_each(function()
        core.pipe, instead = make, {}
      end)

      it("gets the mode that was asked for: nobody can connect yet", function()
        local path = testing.tmpPath()
        local before
        function instead.listen(listen, ...)
          before = lfs.attributes(path, "permissions")
          return listen(...)
        end
        local server = listening({ path = path, readableAll = true, writableAll = true })
        assert.truthy(before:find("^rw.rw.rw.$"), before)
        assert.equal(before, lfs.attributes(path, "permissions"))
        server:close()
      end)

      it("is given up when the mode cannot be set: it never listens, and no file is left", function()
        local path, listened = testing.tmpPath(), false
        function instead.chmod() return nil, "EPERM", -1 end
        function instead.listen(listen, ...)
          listened = true
          return listen(...)
        end
        local server = net.createServer()
        local err = sockets.raised(server.listen, server, { path = path, writableAll = true })
        assert.equal("EPERM", err.code)
        assert.equal("uv_pipe_chmod", err.syscall)
        assert.is_false(listened)
        assert.is_false(server.listening)
        assert.is_nil(server:address())
        testing.run()
        assert.is_nil(lfs.attributes(path))
        server:listen(path)
        wait(server, "listening")
        assert.is_true(listened)
        server:close()
      end)
    end)

    it("is not made for a path with a zero byte", function()
      local path = testing.tmpPath()
      local cut = path .. "\0.other"
      local server = net.createServer()
      server:listen(cut)
      assert.equal("EINVAL", wait(server, "error").code)
      assert.equal("EINVAL", wait(net.connect(cut), "error").code)
      assert.is_nil(lfs.attributes(path))
    end)

    describe("that a crash has left", function()
      it("is in the way of listen", function()
        local path = stale_file()
        local server = net.createServer()
        server:listen(path)
        assert.equal("EADDRINUSE", wait(server, "error").code)
        assert.equal("ECONNREFUSED", wait(net.connect(path), "error").code)
        os.remove(path)
      end)

      for how, its_take_over in pairs(take_overs) do
        it("is taken over, " .. how, function()
          local path = stale_file(" it's")
          local server = net.createServer(function(socket) ignore(socket):pipe(socket) end)
          its_take_over(server, path)
          wait(server, "listening")
          assert.is_true(echoes(path))
          server:close()
          wait(server, "close")
          assert.is_nil(lfs.attributes(path))
          its_take_over(server, path)
          wait(server, "listening")
          server:close()
        end)
      end
    end)

    it("is not taken over from a server that lives", function()
      local path = testing.tmpPath()
      local first, second = listening(path), net.createServer()
      take_over(second, path)
      assert.equal("EADDRINUSE", wait(second, "error").code)
      assert.is_true(echoes(path))
      first:close()
    end)

    it("is not taken over from a server that is overrun", function()
      local path = testing.tmpPath()
      local server = net.createServer(function(socket) ignore(socket):resume() end)
      server:listen({ path = path, backlog = 1 })
      -- All of them before the loop runs, and so before one is accepted.
      local clients, refused = {}, {}
      for i = 1, 5 do
        clients[i] = net.connect(path):resume()
        clients[i]:on("error", function(err) refused[#refused + 1] = err.code end)
      end
      local second = net.createServer()
      take_over(second, path)
      assert.equal("EADDRINUSE", wait(second, "error").code)
      -- Systems without EAGAIN here refuse nobody.
      for _, code in ipairs(refused) do
        assert.equal("EAGAIN", code)
      end
      for _, client in ipairs(clients) do
        client:destroy()
      end
      assert.equal("socket", lfs.attributes(path, "mode"))
      server:close()
      wait(server, "close")
    end)

    for how, its_take_over in pairs(take_overs) do
      it("is not put in the place of a file that is none, " .. how, function()
        local path = testing.tmpPath()
        local file = assert(io.open(path, "w"))
        file:write("precious")
        file:close()
        local server = net.createServer()
        its_take_over(server, path)
        assert.equal("EADDRINUSE", wait(server, "error").code)
        file = assert(io.open(path))
        assert.equal("precious", file:read("*a"))
        file:close()
        os.remove(path)
      end)

      it("is not removed by way of a link, " .. how, function()
        local path, link = stale_file(), testing.tmpPath()
        assert(lfs.link(path, link, true))
        local server = net.createServer()
        its_take_over(server, link)
        assert.equal("EADDRINUSE", wait(server, "error").code)
        assert.equal("link", lfs.symlinkattributes(link, "mode"))
        os.remove(link)
        os.remove(path)
      end)
    end

    it("is removed by close whoever it belongs to by then", function()
      local path = testing.tmpPath()
      local old = listening(path)
      os.remove(path)
      local new = listening(path)
      old:close()
      wait(old, "close")
      assert.is_nil(lfs.attributes(path))
      assert.is_true(new.listening)
      new:close()
    end)
  end)
end)
