local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("file missing", function() return spawn(nil) end)
