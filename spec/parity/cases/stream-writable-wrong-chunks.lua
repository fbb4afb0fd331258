local prelude = require("prelude")
local Writable, bad, log = prelude.Writable, prelude.bad, prelude.log

local sink = Writable({ write = function(_, _, _, callback) callback() end })
bad("nothing", function() return sink:write(nil) end)
bad("a number", function() return sink:write(5) end)
bad("a boolean", function() return sink:write(true) end)
bad("a function", function() return sink:write(function() end) end)
bad("unknown encoding", function() return sink:write("x", "klingon") end)
bad("end with a number", function() return sink:finish(5) end)
log("state", sink.destroyed, sink.writableEnded)
