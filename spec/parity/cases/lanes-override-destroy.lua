local prelude = require("prelude")
local newError, pair, steps, watch = prelude.newError, prelude.pair, prelude.steps, prelude.watch

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
  steps({
    function() client:write("one") end,
    function() client:finish():resume() end,
  })
end)
