local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("gid", function() return spawn("true", {}, { gid = "x" }) end)
