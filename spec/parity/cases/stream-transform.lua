local prelude = require("prelude")
local Transform, log, watch = prelude.Transform, prelude.log, prelude.watch

local upper = Transform({
  transform = function(self, chunk, _, callback)
    self:push("<")
    callback(nil, chunk)
  end,
  flush = function(_, callback)
    log("flush")
    callback(nil, ">")
  end,
})
watch(upper, "upper")
upper:write("a")
upper:write("b")
upper:finish("c")
