local prelude = require("prelude")
local log, pair, setTimeout = prelude.log, prelude.pair, prelude.setTimeout

-- Traffic through a pipe is activity, on both sockets.
pair({}, function(client, peer)
  pair({}, function(target, sink)
    local count = 0
    target:resume()
    peer:resume()
    sink:resume()
    client:pipe(target)
    client:setTimeout(200, function()
      log("source idle after", count)
      peer:finish()
    end)
    target:setTimeout(200, function() log("target idle after", count) end)
    local function write()
      count = count + 1
      peer:write("x")
      if count < 4 then setTimeout(write, 80) end
    end
    write()
  end)
end)
