local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("detached", function() return spawn("true", {}, { detached = 1 }) end)
