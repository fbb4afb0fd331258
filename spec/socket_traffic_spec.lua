local net = require("net")
local record = require("spec.support.record")
local sockets = require("spec.support.sockets")
local testing = require("uvnet.testing")
local timers = require("uvnet.timers")

local collect = sockets.collect
local only = sockets.only
local recorded_pair = sockets.recorded_pair
local MIB = 1024 * 1024

describe("net.Socket", function()
  testing.leakCheck(before_each, after_each)

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
end)
