local prelude = require("prelude")
local EventEmitter, log, pair, Readable, steps =
  prelude.net.events, prelude.log, prelude.pair, prelude.net.stream.Readable, prelude.steps

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
  steps({
    function() client:write("one") end,
    function() client:write("two") end,
    function() client:finish():resume() end,
  })
end)
