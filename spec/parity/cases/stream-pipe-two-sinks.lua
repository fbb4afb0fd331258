local prelude = require("prelude")
local PassThrough, Writable, actor = prelude.PassThrough, prelude.Writable, prelude.actor
local later, log = prelude.later, prelude.log

-- The slower of two sinks sets the pace.
local source = PassThrough()
local fast = actor("fast")
local slow = actor("slow")
source:pipe(Writable({
  write = function(_, chunk, _, callback)
    fast("chunk", chunk)
    callback()
  end,
}))
source:pipe(Writable({
  highWaterMark = 1,
  write = function(_, chunk, _, callback)
    slow("chunk", chunk)
    later(callback, 5)
  end,
}))
source:write("a")
source:write("b")
source:finish("c")
source:on("end", function() log("end") end)
