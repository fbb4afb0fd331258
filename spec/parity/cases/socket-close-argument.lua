local prelude = require("prelude")
local log, net, newError = prelude.log, prelude.net, prelude.newError

-- Always a boolean, even of a socket that never had a handle.
local first = net.Socket()
first:on("close", function(hadError) log("close", hadError) end)
first:destroy()
local second = net.Socket()
second:on("error", function() end)
second:on("close", function(hadError) log("close after an error", hadError) end)
second:destroy(newError("x"))
