local prelude = require("prelude")
local later, net, newError, watch = prelude.later, prelude.net, prelude.newError, prelude.watch

local function lookup(_, _, callback) callback(newError("lookup says no")) end
local sync = net.connect({ port = 1, host = "some.host", lookup = lookup })
local note = watch(sync, "sync")
note("state", sync.connecting, sync.destroyed)
lookup = function(_, _, callback) later(function() callback(newError("lookup says no, later")) end) end
watch(net.connect({ port = 1, host = "some.host", lookup = lookup }), "late")
