local prelude = require("prelude")
local Transform, newError, watch = prelude.Transform, prelude.newError, prelude.watch

local broken = Transform({ transform = function(_, _, _, callback) callback(newError("no such letter")) end })
local note = watch(broken, "broken")
broken:write("a", function(err) note("callback", err) end)
