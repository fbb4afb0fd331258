local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("windowsHide", function() return spawn("true", {}, { windowsHide = 1 }) end)
