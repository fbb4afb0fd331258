local prelude = require("prelude")
local log, net = prelude.log, prelude.net

net.connect(1, "127.0.0.1"):on("close", function(hadError) log("close", hadError) end)
