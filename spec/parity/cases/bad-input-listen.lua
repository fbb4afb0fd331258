local prelude = require("prelude")
local bad, net = prelude.bad, prelude.net

bad("path a number", function() return net.createServer():listen({ path = 5 }) end)
bad("path true", function() return net.createServer():listen({ path = true }) end)
bad("fd a string", function() return net.createServer():listen({ fd = "x" }) end)
bad("fd negative", function() return net.createServer():listen({ fd = -1 }) end)
bad("host only", function() return net.createServer():listen({ host = "x" }) end)
bad("unknown options", function() return net.createServer():listen({ unknown = 1 }) end)
