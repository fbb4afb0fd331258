local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("file empty", function() return spawn("") end)
