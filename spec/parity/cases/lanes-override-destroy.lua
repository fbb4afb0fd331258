local prelude = require("prelude")
local later, newError, pair, watch = prelude.later, prelude.newError, prelude.pair, prelude.watch

-- What a socket's own `_destroy` reports is emitted, where the peer's end is what destroys it.
pair({}, function(client, peer)
  local add = watch(peer, "peer")
  local old = peer._destroy
  peer._destroy = function(self, err, callback)
    add("_destroy", err)
    return old(self, err, function(failure)
      add("destroyed", failure)
      callback(newError("mine"))
    end)
  end
  later(function()
    client:write("one")
    later(function()
      client:finish()
      client:resume()
    end)
  end)
end)
