local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("stdio", function() return spawn("true", {}, { stdio = "other" }) end)
