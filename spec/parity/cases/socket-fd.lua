local prelude = require("prelude")
local attempt, log, net, pair = prelude.attempt, prelude.log, prelude.net, prelude.pair

-- A second socket cannot take over a descriptor that this loop watches.
pair({}, function(client, peer)
  client:resume()
  peer:resume()
  log("fd", type(client._handle.fd))
  local result = attempt(function() return net.Socket({ fd = client._handle.fd }) end)
  log("code", result.code, result.syscall)
  client:destroy()
end)
