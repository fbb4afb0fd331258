local prelude = require("prelude")
local PassThrough, later, log, pair = prelude.PassThrough, prelude.later, prelude.log, prelude.pair
local pipeline = prelude.pipeline

pair({}, function(client, peer)
  local sink = PassThrough()
  sink:resume()
  pipeline(client, sink, function(err)
    log("done", err)
    log("destroyed", client.destroyed, sink.destroyed)
  end)
  later(function() peer:resetAndDestroy() end)
end)
