local prelude = require("prelude")
local Writable, later, log = prelude.Writable, prelude.later, prelude.log

local sink = Writable({
  construct = function(_, callback)
    log("_construct")
    later(callback)
  end,
  write = function(_, chunk, _, callback)
    log("_write", chunk)
    callback()
  end,
})
log("write", sink:write("early"))
sink:finish()
sink:on("finish", function() log("finish") end)
