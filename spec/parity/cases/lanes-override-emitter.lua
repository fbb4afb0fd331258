local prelude = require("prelude")
local EventEmitter, later, log, pair, Readable =
  prelude.net.events, prelude.later, prelude.log, prelude.pair, prelude.net.stream.Readable

-- The classes above Socket get another `emit` and `push`.
pair({}, function(client, peer)
  local emit, push = EventEmitter.emit, Readable.push
  EventEmitter.emit = function(self, event, ...)
    if self == peer then log("emit", event, ...) end
    return emit(self, event, ...)
  end
  Readable.push = function(self, chunk, ...)
    if self == peer then log("push", chunk) end
    return push(self, chunk, ...)
  end
  peer:on("data", function(data) log("data", data) end)
  peer:on("close", function()
    EventEmitter.emit, Readable.push = emit, push
  end)
  later(function()
    client:write("one")
    later(function()
      client:write("two")
      later(function()
        client:finish()
        client:resume()
      end)
    end)
  end)
end)
