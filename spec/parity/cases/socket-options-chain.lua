local prelude = require("prelude")
local actor, net, pair = prelude.actor, prelude.net, prelude.pair

-- Each returns the socket, connected or not.
local socket = net.Socket()
local function check(name, one)
  local note = actor(name)
  note("setKeepAlive", one:setKeepAlive() == one, one:setKeepAlive(false) == one)
  note("setKeepAlive with delay", one:setKeepAlive(true, 1000) == one)
  note("setNoDelay", one:setNoDelay() == one, one:setNoDelay(false) == one, one:setNoDelay(true) == one)
  note("setTimeout", one:setTimeout(0) == one)
  note("pause", one:pause() == one, one:resume() == one)
  note("ref", one:unref() == one, one:ref() == one)
  note("setEncoding", one:setEncoding("utf8") == one)
end
check("new", socket)
socket:destroy()
check("destroyed", socket)
pair({}, function(client, peer)
  check("connected", client)
  peer:resume()
  client:finish()
end)
