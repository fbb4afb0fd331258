local prelude = require("prelude")
local Duplex, EventEmitter, Readable = prelude.Duplex, prelude.EventEmitter, prelude.Readable
local Writable, log, watch = prelude.Writable, prelude.log, prelude.watch

local both = Duplex({
  read = function() end,
  write = function(self, chunk, _, callback)
    self:push(chunk)
    callback()
  end,
  final = function(self, callback)
    self:push(nil)
    callback()
  end,
})
local note = watch(both, "both")
log("instances", Duplex:isInstance(both), EventEmitter:isInstance(both))
log("sides", Readable:isInstance(both), Writable:isInstance(both))
both:write("one")
both:finish("two")
both:on("close", function() note("state", both.readable, both.writable, both.destroyed) end)
