local prelude = require("prelude")
local Error, attempt, log, net = prelude.Error, prelude.attempt, prelude.log, prelude.net

local function lookup() error(Error("in lookup"), 0) end
local result = attempt(function() return net.connect({ port = 1, host = "some.host", lookup = lookup }) end)
log("result", result)
