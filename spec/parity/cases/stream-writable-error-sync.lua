local prelude = require("prelude")
local Writable, newError, watch = prelude.Writable, prelude.newError, prelude.watch

local sink = Writable({ write = function(_, _, _, callback) callback(newError("disk full")) end })
local note = watch(sink, "sink", { "drain", "finish", "error", "close" })
note("write", sink:write("a", function(err) note("a", err) end))
note("state", sink.destroyed, sink.errored)
note("write", sink:write("b", function(err) note("b", err) end))
