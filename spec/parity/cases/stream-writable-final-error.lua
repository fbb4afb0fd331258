local prelude = require("prelude")
local Writable, newError, watch = prelude.Writable, prelude.newError, prelude.watch

local sink = Writable({
  write = function(_, _, _, callback) callback() end,
  final = function(_, callback) callback(newError("cannot finish")) end,
})
local note = watch(sink, "sink", { "prefinish", "finish", "error", "close" })
sink:finish("x", function(err) note("callback", err) end)
