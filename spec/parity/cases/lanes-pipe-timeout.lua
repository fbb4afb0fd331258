local prelude = require("prelude")
local actor, pair, setTimeout = prelude.actor, prelude.pair, prelude.setTimeout

-- Traffic through a pipe is activity, on both sockets.
pair({}, function(client, peer)
  pair({}, function(target, sink)
    local count = 0
    local idle = 0
    local function waiting(name)
      actor(name)("idle after", count)
      idle = idle + 1
      if idle == 2 then peer:finish() end
    end
    target:resume()
    peer:resume()
    sink:resume()
    client:pipe(target)
    client:setTimeout(600, function() waiting("source") end)
    target:setTimeout(600, function() waiting("target") end)
    local function write()
      count = count + 1
      peer:write("x")
      if count < 4 then setTimeout(write, 50) end
    end
    write()
  end)
end)
