local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

local function lookup(_, _, callback) callback(nil, "127.0.0.1", 100) end
watch(net.connect({ port = 1, host = "some.host", lookup = lookup, autoSelectFamily = false }), "family 100")
local function second(_, _, callback) callback(nil, "not an address", 4) end
watch(net.connect({ port = 1, host = "some.host", lookup = second, autoSelectFamily = false }), "no address")
