local prelude = require("prelude")
local Writable, watch = prelude.Writable, prelude.watch

local sink = Writable({ write = function(_, _, _, callback) callback() end })
local note = watch(sink, "sink", { "finish", "error", "close" })
sink:finish("x")
note("write", sink:write("y", function(err) note("callback", err) end))
note("end", sink:finish(function(err) note("end callback", err) end) == sink)
