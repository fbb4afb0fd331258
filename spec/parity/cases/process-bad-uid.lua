local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("uid", function() return spawn("true", {}, { uid = "x" }) end)
