--- The methods of streams that wait: framing, bounds, hostile peers, one buffer.

local net = require("net")
local raised = require("spec.support.raised")
local testing = require("uvnet.testing")
local turns = require("spec.support.turns")

local async, timers = net.async, net.timers
local PassThrough = net.stream.PassThrough

local function is_code(code, err) assert.equal(code, type(err) == "table" and err.code or err) end

-- A stream into which the chunks come one by one, each in a turn of its own.
local function fed(chunks, unfinished)
  local stream = net.stream.Readable({ read = function() end })
  async.run(function()
    for _, chunk in ipairs(chunks) do
      async.sleep(1)
      stream:push(chunk)
    end
    if not unfinished then stream:push(nil) end
  end)
  return stream
end

local function cut_all(data, size)
  local list = {}
  for i = 1, #data, size do
    list[#list + 1] = data:sub(i, i + size - 1)
  end
  return list
end

local function lines_of(stream, options)
  local list = {}
  local line = stream:readLine(options)
  while line do
    list[#list + 1] = line
    line = stream:readLine(options)
  end
  return list
end

describe("framing", function()
  after_each(turns.close_all)
  testing.leakCheck(before_each, after_each)

  it("gives lines without their ends, however the stream is cut", function()
    local text = "one\r\ntwo\n\n\r\nfi\rve\r\r\nthe last"
    for size = 1, #text do
      assert.same({ "one", "two", "", "", "fi\rve\r", "the last" }, lines_of(fed(cut_all(text, size))))
    end
    assert.same({}, lines_of(fed({})))
    assert.same({ "" }, lines_of(fed({ "\n" })))
  end)

  it("finds delimiters that begin in one chunk and end in another", function()
    local cases = {
      { "aab", "aaaab|aab|xaab", { "aa", "|", "|x" } },
      { "\0", "a\0\0b\0", { "a", "", "b" } },
      { "abcabd", "abcabcabd-abcabd", { "abc", "-" } },
    }
    for _, case in ipairs(cases) do
      local delimiter, text, expected = case[1], case[2], case[3]
      for size = 1, #text do
        local stream, list = fed(cut_all(text, size)), {}
        for i = 1, #expected do
          list[i] = stream:readUntil(delimiter)
        end
        assert.same(expected, list)
        assert.is_nil(stream:readUntil(delimiter))
      end
    end
  end)

  it("reads what follows a length, in every format", function()
    local formats = {
      u8 = "\5", u16be = "\0\5", u16le = "\5\0", u32be = "\0\0\0\5", u32le = "\5\0\0\0",
      u64be = "\0\0\0\0\0\0\0\5", u64le = "\5\0\0\0\0\0\0\0",
    }
    for format, head in pairs(formats) do
      local zero = head:gsub("\5", "\0")
      for size = 1, 20 do
        local stream = fed(cut_all(head .. "hello" .. zero .. head .. "world", size))
        assert.equal("hello", stream:readFrame(format))
        assert.equal("", stream:readFrame(format))
        assert.equal("world", stream:readFrame(format))
        assert.is_nil(stream:readFrame(format))
      end
    end
    local stream = fed({})
    is_code("ERR_INVALID_ARG_VALUE", raised(stream.readFrame, stream, "u24be"))
    is_code("ERR_INVALID_ARG_VALUE", raised(stream.readFrame, stream, "u16"))
    is_code("ERR_INVALID_ARG_TYPE", raised(stream.readFrame, stream, 4))
  end)

  it("reads so many bytes, some, or all", function()
    local stream = fed({ "ab", "cdef", "g", "hij" })
    assert.equal("", stream:readExactly(0))
    assert.equal("abc", stream:readExactly(3))
    assert.equal("d", stream:readSome(1))
    assert.equal("ef", stream:readSome())
    assert.equal("ghij", stream:readAll())
    assert.equal("", stream:readAll())
    assert.is_nil(stream:readSome())
    assert.is_nil(stream:readExactly(1))
    for _, bad in ipairs({ -1, 1.5, "1" }) do
      assert.truthy(raised(stream.readExactly, stream, bad).code)
    end
    is_code("ERR_OUT_OF_RANGE", raised(stream.readSome, stream, 0))
  end)

  it("says what had come of a message that the end cuts off, and the stream is at its end then", function()
    local reads = {
      function(stream) stream:readExactly(10) end,
      function(stream) stream:readUntil("|") end,
      function(stream) stream:readFrame("u8") end,
    }
    for _, read in ipairs(reads) do
      local stream = fed({ "\9ab", "c" })
      local err = raised(read, stream)
      is_code("ERR_STREAM_PREMATURE_CLOSE", err)
      assert.equal("\9abc", err.partial)
      assert.is_nil(stream:readSome())
    end
  end)

  it("raises what has broken the stream, and what had come", function()
    local stream, broken = fed({ "abc" }, true), net.errors("broken")
    timers.setTimeout(function() stream:destroy(broken) end, 20)
    local err = raised(stream.readLine, stream)
    assert.equal(broken, err)
    assert.equal("abc", err.partial)
    assert.equal(broken, raised(stream.readSome, stream))
    stream = fed({}, true)
    stream:destroy()
    is_code("ERR_STREAM_PREMATURE_CLOSE", raised(stream.readSome, stream))
  end)

  it("raises to the main program, and to nobody else, what breaks a stream in the turn of a chunk", function()
    local stream, broken = net.stream.Readable({ read = function() end }), net.errors("broken")
    timers.setTimeout(function() stream:push("abc") end, 1)
    timers.setTimeout(function() stream:destroy(broken) end, 2)
    local due = timers.now() + 5
    while timers.now() < due do end -- luacheck: ignore 542
    local err = raised(stream.readLine, stream)
    assert.equal(broken, err)
    assert.equal("abc", err.partial)
    net.run()
  end)

  it("loops over lines and chunks", function()
    local list = {}
    for line in fed({ "a\nb", "c\nd" }):lines() do
      list[#list + 1] = line
    end
    for chunk in fed({ "x", "y" }):chunks() do
      list[#list + 1] = chunk
    end
    assert.same({ "a", "bc", "d", "x", "y" }, list)
  end)

  it("gives a stream of objects one by one, and no bytes of it", function()
    local stream = PassThrough({ objectMode = true })
    stream:write({ 1 })
    stream:write("two")
    stream:finish()
    assert.same({ 1 }, stream:readSome())
    is_code("ERR_INVALID_STATE", raised(stream.readLine, stream))
    assert.equal("two", stream:readSome())
    assert.is_nil(stream:readSome())
  end)

  describe("with a bound", function()
    it("raises a RangeError for what is longer, and reads nothing of it", function()
      local long = ("x"):rep(101)
      local reads = {
        { long .. "\n", function(stream) return stream:readLine({ limit = 100 }) end },
        { long .. "|", function(stream) return stream:readUntil("|", { limit = 100 }) end },
        { "\101" .. long, function(stream) return stream:readFrame("u8", { limit = 100 }) end },
        { long, function(stream) return stream:readAll({ limit = 100 }) end },
        { long, function(stream) return stream:readLine({ limit = 100 }) end },
      }
      for _, read in ipairs(reads) do
        for _, size in ipairs({ 1, 7, 1000 }) do
          local stream = fed(cut_all(read[1], size))
          local err = raised(read[2], stream)
          is_code("ERR_FRAME_TOO_LONG", err)
          assert.equal("RangeError", err.name)
          assert.equal(read[1], stream:readAll())
        end
      end
    end)

    it("refuses a line at the first byte that is too much, if that cannot be the beginning of its end", function()
      for _, chunks in ipairs({ { ("x"):rep(101) }, { ("x"):rep(100), "x" } }) do
        local stream = fed(chunks, true)
        is_code("ERR_FRAME_TOO_LONG", raised(stream.readLine, stream, { limit = 100 }))
      end
      for _, chunks in ipairs({ { ("x"):rep(100) .. "\r" }, { ("x"):rep(100), "\r" } }) do
        local stream = net.stream.Readable({ read = function() end })
        local task = async.run(function() return stream:readLine({ limit = 100 }) end)
        for _, chunk in ipairs(chunks) do
          stream:push(chunk)
          async.sleep(1)
          assert.equal("running", task.state)
        end
        stream:push("\n")
        assert.equal(("x"):rep(100), task:await())
      end
    end)

    it("lets pass what is just as long", function()
      local text = ("x"):rep(100)
      for size = 1, 103 do
        assert.equal(text, fed(cut_all(text .. "\r\n", size)):readLine({ limit = 100 }))
        assert.equal(text, fed(cut_all(text .. "||", size)):readUntil("||", { limit = 100 }))
      end
      assert.equal(text, fed({ text }):readAll({ limit = 100 }))
      is_code("ERR_INVALID_ARG_TYPE", raised(PassThrough().readLine, PassThrough(), 5))
      is_code("ERR_INVALID_ARG_TYPE", raised(PassThrough().readLine, PassThrough(), { limit = "5" }))
    end)
  end)

  describe("a hostile peer", function()
    local function memory()
      collectgarbage()
      collectgarbage()
      return collectgarbage("count") * 1024
    end

    it("that sends a line without end is cut off at the limit", function()
      local client, peer = testing.pair()
      local sent = 0
      local function pour()
        while not client.destroyed and client:write(("x"):rep(65536)) do
          sent = sent + 65536
        end
      end
      client:on("drain", pour)
      client:on("error", function() end)
      pour()
      local err = raised(peer.readLine, peer)
      is_code("ERR_FRAME_TOO_LONG", err)
      assert.is_true(peer.readableLength <= 4 * 65536)
      peer:destroy()
      client:destroy()
    end)

    it("that announces 4 GiB, or 2^64, is cut off before a byte of it is kept", function()
      local client, peer = testing.pair()
      client:write("\255\255\255\255")
      is_code("ERR_FRAME_TOO_LONG", raised(peer.readFrame, peer, "u32be"))
      client:write("\255\255\255\255")
      assert.equal("\255\255\255\255", peer:readExactly(4))
      client:write("\255\255\255\255")
      is_code("ERR_FRAME_TOO_LONG", raised(peer.readFrame, peer, "u64le", { limit = math.huge and 2 ^ 40 }))
    end)

    it("that sends a byte at a time is served, in memory that follows the bytes", function()
      local stream = net.stream.Readable({ read = function() end, highWaterMark = 2 ^ 20 })
      local task = async.run(function() return #stream:readFrame("u32be") end)
      stream:push("\0\1\0\0")
      net.run("nowait")
      local before = memory()
      for i = 1, 65535 do
        stream:push(string.char(i % 256))
        if i % 64 == 0 then net.run("nowait") end
      end
      net.run("nowait")
      assert.is_true(memory() - before < 4 * 65536)
      stream:push("x")
      assert.equal(65536, task:await())
    end)

    it("that sends a byte a second, or nothing at all, has the time that it is given", function()
      local client, peer = testing.pair()
      local drip = timers.setInterval(function() client:write("x") end, 10)
      is_code("ERR_TIMEOUT", raised(async.timeout, 60, function() peer:readLine() end))
      drip:close()
      is_code("ERR_TIMEOUT", raised(async.timeout, 30, function() peer:readLine() end))
      client:write("\n")
      assert.truthy(peer:readLine():find("^x+$"))
    end)
  end)

  describe("cancelled", function()
    it("leaves the bytes, and nobody who waits", function()
      local client, peer = testing.pair()
      local reads = {
        function() peer:readLine() end, function() peer:readExactly(100) end, function() peer:readUntil("|") end,
        function() peer:readFrame("u16be") end, function() peer:readAll() end,
      }
      for _, read in ipairs(reads) do
        local task = async.run(read)
        client:write("\1\1abc")
        async.sleep(5)
        task:cancel()
        assert.equal("cancelled", task.state)
        assert.equal(0, peer:listenerCount("data") + peer:listenerCount("readable"))
      end
      assert.equal(("\1\1abc"):rep(5), peer:readExactly(25))
      assert.same({}, peer:eventNames())
    end)

    it("lets a socket be read by somebody else", function()
      local client, peer = testing.pair()
      local task = async.run(function() peer:readSome() end)
      is_code("ERR_INVALID_STATE", raised(peer.readSome, peer))
      is_code("ERR_INVALID_STATE", raised(peer.readLine, peer))
      task:cancel()
      client:write("x")
      assert.equal("x", peer:readSome())
    end)
  end)

  describe("one buffer", function()
    it("is shared with data listeners, read, unshift and pipe", function()
      local client, peer = testing.pair()
      client:write("line\nrest of it")
      assert.equal("line", peer:readLine())
      local got = {}
      local function on_data(data) got[#got + 1] = data end
      peer:on("data", on_data)
      testing.run(function() return #got > 0 end)
      assert.equal("rest of it", table.concat(got))
      peer:removeListener("data", on_data)
      peer:pause()
      peer:unshift("back again\n")
      assert.equal("back again", peer:readLine())
      client:write("12345678")
      assert.equal("12", peer:readExactly(2))
      assert.equal("34", peer:read(2))
      assert.equal("5678", peer:readSome())
      local through = PassThrough()
      peer:pipe(through)
      client:finish("piped\nto the end")
      assert.equal("piped", through:readLine())
      assert.equal("to the end", through:readAll())
      peer:destroy()
    end)

    -- Of a chunk with many messages those behind the first are taken past the streams.
    describe("in the midst of many messages", function()
      local function numbered(from, to)
        local list = {}
        for i = from, to do
          list[#list + 1] = ("%06d\n"):format(i)
        end
        return table.concat(list)
      end

      local function full(to)
        local stream = net.stream.Readable({ read = function() end })
        stream:push(numbered(1, to))
        stream:push(nil)
        return stream
      end

      it("is what all who look at it say that it is", function()
        local size = 7 * 200
        local looks = {
          function(stream, left) assert.equal(left, stream.readableLength) end,
          function(stream, left)
            stream:unshift("put back\n")
            assert.equal(left + 9, stream.readableLength)
            assert.equal("put back", stream:readLine())
          end,
          function(stream, _, next)
            local n = ("%06d\n"):format(next)
            assert.equal(n, stream:read(7))
            stream:unshift(n)
          end,
          function(stream) stream:pause() end,
          function(stream) is_code("ERR_FRAME_TOO_LONG", raised(stream.readLine, stream, { limit = 5 })) end,
          function(stream) is_code("ERR_FRAME_TOO_LONG", raised(stream.readUntil, stream, "\n", { limit = 5 })) end,
          function(stream) is_code("ERR_FRAME_TOO_LONG", raised(stream.readFrame, stream, "u32be")) end,
          function(_, _, next)
            local other = full(next)
            assert.equal("000001", other:readLine())
            assert.equal(next > 1 and "000002" or nil, other:readLine())
          end,
          function(stream, _, next)
            stream:unshift(("%06d|%06d\n"):format(0, next - 1))
            assert.equal("000000", stream:readUntil("|"))
            assert.equal(("%06d"):format(next - 1), stream:readLine())
          end,
          function(stream, left, next)
            local n = ("%06d"):format(next)
            assert.equal(n, stream:readExactly(6))
            assert.equal(left - 6, stream.readableLength)
            assert.equal("", stream:readUntil("\n"))
            stream:unshift(n .. "\n")
          end,
        }
        for _, look in ipairs(looks) do
          for every = 1, 3 do
            local stream = full(200)
            for i = 1, 200 do
              if i % every == 0 then look(stream, size - 7 * (i - 1), i) end
              assert.equal(("%06d"):format(i), stream:readLine())
            end
            assert.is_nil(stream:readLine())
          end
        end
      end)

      it("gives the rest to who listens or pipes", function()
        for _, take in ipairs({
          function(stream, got) stream:on("data", function(data) got[#got + 1] = data end) end,
          function(stream, got)
            local target = PassThrough()
            target:on("data", function(data) got[#got + 1] = data end)
            stream:pipe(target)
          end,
          function(stream, got)
            stream:frames("line", function(line) got[#got + 1] = line .. "\n" end)
          end,
        }) do
          local stream, got = full(300), {}
          for _ = 1, 10 do
            stream:readLine()
          end
          take(stream, got)
          testing.wait(stream, "end")
          async.sleep(1)
          assert.equal(numbered(11, 300), table.concat(got))
        end
      end)

      it("is read to its end also once the stream has failed, which is raised then", function()
        local stream = net.stream.Readable({ read = function() end })
        stream:push(numbered(1, 200) .. "rest")
        stream:on("error", function() end)
        for i = 1, 200 do
          if i == 100 then stream:destroy(net.errors("it is broken")) end
          assert.equal(("%06d"):format(i), stream:readLine())
        end
        local err = raised(stream.readLine, stream)
        assert.equal("it is broken", err.message)
        assert.equal("rest", err.partial)
      end)

      it("keeps no stream that nobody else has", function()
        local known = setmetatable({}, { __mode = "k" })
        do
          local stream = full(200)
          stream:readLine()
          stream:readLine()
          known[stream] = true
        end
        async.sleep(1)
        for _ = 1, 3 do
          collectgarbage()
        end
        assert.is_nil(next(known))
        local stream = full(200)
        assert.equal("000001", stream:readLine())
        assert.equal("000002", stream:readLine())
      end)
    end)

    it("gives what comes while a task waits to that task, and then the rest to the listener", function()
      local client, peer = testing.pair()
      local got = {}
      peer:on("data", function(data) got[#got + 1] = data end)
      client:write("first")
      testing.run(function() return #got > 0 end)
      local task = async.run(function() return peer:readLine() end)
      client:write("a line\nand the rest")
      assert.equal("a line", task:await())
      testing.run(function() return #got > 1 end)
      assert.equal("firstand the rest", table.concat(got))
      client:write("more")
      testing.run(function() return #got > 2 end)
    end)

    it("holds text once an encoding is set", function()
      local client, peer = testing.pair()
      client:write("a\n\195")
      assert.equal("a", peer:readLine())
      peer:setEncoding("utf8")
      client:write("\164b\n")
      assert.equal("äb", peer:readLine())
    end)
  end)

  describe("writeAll", function()
    it("waits while the buffer is above its mark, and raises what breaks the connection", function()
      local client, peer = testing.pair()
      local written = 0
      local task = async.run(function()
        while true do
          client:writeAll(("x"):rep(100000))
          written = written + 100000
        end
      end)
      local before
      repeat
        before = written
        async.sleep(50)
      until before == written
      assert.is_true(client.writableLength > 0)
      is_code("ERR_INVALID_STATE", raised(client.writeAll, client, "x"))
      local read = #peer:readExactly(before)
      assert.equal(before, read)
      peer:resetAndDestroy()
      local err = raised(task.await, task)
      assert.truthy(err.code == "ECONNRESET" or err.code == "EPIPE", tostring(err))
      assert.truthy(raised(client.writeAll, client, "x").code)
    end)

    it("raises for what is no data, an ended stream, and a destroyed one", function()
      local stream = PassThrough()
      is_code("ERR_INVALID_ARG_TYPE", raised(stream.writeAll, stream, 1))
      is_code("ERR_UNKNOWN_ENCODING", raised(stream.writeAll, stream, "x", "bad"))
      stream:on("error", function() end)
      stream:finish()
      is_code("ERR_STREAM_WRITE_AFTER_END", raised(stream.writeAll, stream, "x"))
      stream = PassThrough()
      stream:destroy()
      is_code("ERR_STREAM_PREMATURE_CLOSE", raised(stream.writeAll, stream, "x"))
    end)
  end)

  it("finished waits for close, and raises its error", function()
    local client, peer = testing.pair()
    async.run(function()
      async.sleep(5)
      client:finish()
    end)
    peer:finished()
    assert.is_true(peer.closed)
    peer:finished()
    local broken = net.errors("broken")
    local stream = PassThrough()
    timers.setTimeout(function() stream:destroy(broken) end, 5)
    assert.equal(broken, raised(stream.finished, stream))
    assert.equal(broken, raised(stream.finished, stream))
    assert.equal(0, stream:listenerCount("close") + stream:listenerCount("error"))
  end)

  describe("frames", function()
    it("calls a listener with each message, however the stream is cut", function()
      local cases = {
        { "line", "a\r\nb\n\nc", { "a", "b", "", "c" } },
        { "u16be", "\0\1a\0\0\0\2bc", { "a", "", "bc" } },
        { { delimiter = "||" }, "a||b||||", { "a", "b", "" } },
      }
      for _, case in ipairs(cases) do
        for size = 1, #case[2] do
          local got, stream = {}, fed(cut_all(case[2], size))
          stream:frames(case[1], function(message) got[#got + 1] = message end)
          testing.run(function() return stream.closed end)
          assert.same(case[3], got)
        end
      end
    end)

    it("gives back what no message was made of, when it is stopped and while it is paused", function()
      local stream, got = PassThrough(), {}
      local stop
      stop = stream:frames("line", function(line)
        got[#got + 1] = line
        if line == "b" then stop() end
      end)
      stream:write("a\nb\nc\nd")
      net.run("nowait")
      assert.same({ "a", "b" }, got)
      stream:finish()
      assert.equal("c\nd", stream:readAll())
      stream = PassThrough()
      got = {}
      stream:frames("line", function(line)
        got[#got + 1] = line
        stream:pause()
      end)
      stream:finish("a\nb\nc")
      for i = 1, 3 do
        turns.run()
        assert.equal(i, #got)
        stream:resume()
      end
    end)

    it("destroys the stream for what is too long or cut off", function()
      local stream, err = PassThrough(), nil
      stream:on("error", function(e) err = e end)
      stream:frames("line", { limit = 3 }, function() end)
      stream:write("abcde")
      turns.run()
      is_code("ERR_FRAME_TOO_LONG", err)
      stream = PassThrough()
      stream:on("error", function(e) err = e end)
      stream:frames("u8", function() end)
      stream:finish("\3ab")
      turns.run()
      is_code("ERR_STREAM_PREMATURE_CLOSE", err)
      assert.equal("\3ab", err.partial)
    end)

    it("loses one message to a listener that raises, and no other", function()
      local stream, got = PassThrough(), {}
      stream:frames("line", function(line)
        got[#got + 1] = line
        if line == "b" then error("mine", 0) end
      end)
      assert.equal("mine", raised(stream.finish, stream, "a\nb\nc\nd\n"))
      net.run()
      assert.same({ "a", "b", "c", "d" }, got)
    end)

    it("gives back what a listener has left that ends it, and then raises", function()
      local stream, got, stop = PassThrough(), {}, nil
      stop = stream:frames("line", function(line)
        got[#got + 1] = line
        if line == "b" then
          stop()
          error("mine", 0)
        end
      end)
      assert.equal("mine", raised(stream.finish, stream, "a\nb\nc\nd\n"))
      net.run()
      assert.same({ "a", "b" }, got)
      assert.equal("c\nd\n", stream:read())
    end)
  end)
end)
