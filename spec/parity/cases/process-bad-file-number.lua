local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("file number", function() return spawn(5) end)
