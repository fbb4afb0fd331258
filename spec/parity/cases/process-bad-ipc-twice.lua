local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("ipc twice", function() return spawn("true", {}, { stdio = { "ipc", "ipc" } }) end)
