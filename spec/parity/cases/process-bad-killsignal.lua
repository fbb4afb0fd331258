local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("killSignal", function() return spawn("true", {}, { killSignal = "SIGNO" }) end)
