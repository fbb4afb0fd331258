local prelude = require("prelude")
local Error, log, net = prelude.Error, prelude.log, prelude.net

local client = net.connect(1, "127.0.0.1")
client:on("error", function() error(Error("in error"), 0) end)
client:on("close", function(hadError) log("close", hadError) end)
