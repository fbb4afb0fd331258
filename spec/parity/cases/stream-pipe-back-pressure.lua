local prelude = require("prelude")
local Readable, Writable, later, log = prelude.Readable, prelude.Writable, prelude.later, prelude.log

local source = Readable({ highWaterMark = 4, read = function() end })
local sink = Writable({
  highWaterMark = 2,
  write = function(_, chunk, _, callback)
    log("write", chunk)
    later(callback, 5)
  end,
})
source:on("pause", function() log("pause") end)
source:on("resume", function() log("resume") end)
sink:on("drain", function() log("drain") end)
sink:on("finish", function() log("finish") end)
source:pipe(sink)
source:push("aa")
source:push("bb")
source:push("c")
source:push(nil)
