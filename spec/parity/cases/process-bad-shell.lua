local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("shell", function() return spawn("true", {}, { shell = 1 }) end)
