local prelude = require("prelude")
local later, log, pair, rep, size = prelude.later, prelude.log, prelude.pair, prelude.rep, prelude.size

-- Megabytes through a pipe whose target reads late: nothing is lost, everything is counted.
pair({}, function(client, peer)
  pair({ server = { pauseOnConnect = true } }, function(target, sink)
    local total = 12000000
    local received = 0
    target:resume()
    peer:resume()
    client:pipe(target)
    sink:on("data", function(data) received = received + size(data) end)
    sink:on("end", function() log("received", received, sink.bytesRead) end)
    client:on("close", function() log("source", client.bytesRead) end)
    target:on("close", function() log("target", target.bytesWritten) end)
    sink:on("close", function() log("sink closed") end)
    peer:finish(rep("0123456789", total / 10))
    later(function() sink:resume() end)
  end)
end)
