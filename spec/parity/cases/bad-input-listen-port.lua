local prelude = require("prelude")
local bad, net = prelude.bad, prelude.net

local function on(port) return function() net.createServer():listen(port) end end
bad("65536", on(65536))
bad("-1", on(-1))
bad("1.5", on(1.5))
bad("NaN", on((0 / 0)))
bad("Infinity", on(math.huge))
bad("true", on(true))
bad("options: 65536", function() return net.createServer():listen({ port = 65536 }) end)
bad("options: -1", function() return net.createServer():listen({ port = -1 }) end)
bad("options: digits", function() return net.createServer():listen({ port = "65536" }) end)
bad("options: a word", function() return net.createServer():listen({ port = "word" }) end)
bad("options: empty", function() return net.createServer():listen({ port = "" }) end)
bad("options: 1.5", function() return net.createServer():listen({ port = 1.5 }) end)
bad("options: true", function() return net.createServer():listen({ port = true }) end)
bad("options: a table", function() return net.createServer():listen({ port = {} }) end)
