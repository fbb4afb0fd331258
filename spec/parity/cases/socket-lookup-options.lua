local prelude = require("prelude")
local actor, dns, net, newError = prelude.actor, prelude.dns, prelude.net, prelude.newError

-- What a custom lookup is asked.
local left = 0
local function ask(name, options)
  left = left + 1
  local note = actor(name)
  options.port = 1
  options.host = "some.host"
  options.lookup = function(host, asked, callback)
    note("asked", host, asked.family, asked.hints, asked.all)
    callback(newError("no answer"))
  end
  local socket = net.connect(options)
  socket:on("error", function(err) note("error", err) end)
  socket:on("close", function(hadError) note("close", hadError) end)
end
ask("plain", {})
ask("family 4", { family = 4 })
ask("family 6", { family = 6 })
ask("family 0", { family = 0 })
ask("hints", { hints = dns.ADDRCONFIG })
