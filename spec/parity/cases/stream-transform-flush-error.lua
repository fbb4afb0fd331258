local prelude = require("prelude")
local Transform, newError, watch = prelude.Transform, prelude.newError, prelude.watch

local broken = Transform({
  transform = function(_, chunk, _, callback) callback(nil, chunk) end,
  flush = function(_, callback) callback(newError("cannot flush")) end,
})
watch(broken, "broken")
broken:finish("a")
