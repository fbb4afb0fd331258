local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local collect = sockets.collect
local raised = sockets.raised
local MIB = 1024 * 1024

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)

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

    for state, prepare in pairs({
      ["while something is queued"] = function(client)
        client:write(("x"):rep(8 * MIB))
        return function() end
      end,
      ["while corked"] = function(client)
        client:cork()
        return function() client:uncork() end
      end,
    }) do
      it("takes a list as it is, " .. state .. ", and its owner may use it again", function()
        local client, accepted = testing.pair()
        local tail = ""
        accepted:pause():on("data", function(data) tail = (tail .. data):sub(-4) end)
        local go_on = prepare(client)
        local list = { "a", "b", "c" }
        client:write(list)
        list[1], list[2], list[3], list[4] = "no", 5, nil, {}
        client:write({ "d" })
        go_on()
        client:finish()
        client:resume()
        accepted:resume()
        testing.run()
        assert.equal("abcd", tail)
      end)
    end

    it("takes a list as it is before there is a connection, and its owner may use it again", function()
      local server = net.createServer()
      testing.wait(server:listen(0, "127.0.0.1"), "listening")
      local client = net.connect(server:address().port, "127.0.0.1")
      local list = { "a", "b" }
      client:write(list)
      list[1], list[2] = nil, nil
      client:finish()
      local accepted = testing.wait(server, "connection")
      local chunks = collect(accepted)
      client:resume()
      server:close()
      testing.run()
      assert.equal("ab", table.concat(chunks))
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

    it("that is given up with its socket is no success", function()
      local client, accepted = testing.pair()
      accepted:pause()
      accepted:on("error", function() end)
      local told = {}
      local function callback(name) return function(err) told[name] = err and err.code or "sent" end end
      client:write(("x"):rep(16 * MIB), callback("first"))
      client:write("y", callback("second"))
      client:finish(callback("end"))
      client:destroy()
      testing.wait(client, "close")
      accepted:destroy()
      testing.run()
      assert.same({ first = "ECANCELED", second = "ECANCELED", ["end"] = "ECANCELED" }, told)
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

    it("by destroySoon waits for what is queued, and for nothing else", function()
      local client, accepted = testing.pair()
      local length = 0
      accepted:on("data", function(data) length = length + #data end)
      client:write(("x"):rep(4 * MIB))
      client:destroySoon()
      assert.is_true(client.writableEnded)
      assert.is_false(client.destroyed)
      testing.wait(client, "close")
      testing.run(function() return accepted.destroyed end)
      assert.equal(4 * MIB, length)
      client, accepted = testing.pair({ allowHalfOpen = true })
      client:finish()
      testing.wait(client, "finish")
      client:destroySoon()
      assert.is_true(client.destroyed)
      accepted:destroy()
      testing.run()
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
end)
