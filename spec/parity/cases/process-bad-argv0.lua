local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("argv0", function() return spawn("true", {}, { argv0 = 1 }) end)
