local prelude = require("prelude")
local Writable, attempt, log, watch = prelude.Writable, prelude.attempt, prelude.log, prelude.watch

local sink = Writable()
watch(sink, "sink", { "error", "close" })
log("throws", attempt(function() return sink:write("x") end))
