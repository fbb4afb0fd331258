local prelude = require("prelude")
local bad, spawn = prelude.bad, prelude.spawn

bad("serialization", function() return spawn("true", {}, { serialization = "other" }) end)
