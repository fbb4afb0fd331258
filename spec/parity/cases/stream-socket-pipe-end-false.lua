local prelude = require("prelude")
local PassThrough, pair, watch = prelude.PassThrough, prelude.pair, prelude.watch

pair({}, function(client, peer)
  local sink = PassThrough()
  local note = watch(sink, "sink", { "pipe", "unpipe", "data", "end", "finish" })
  peer:resume()
  client:pipe(sink, { ["end"] = false })
  client:on("close", function()
    note("socket closed", sink.writableEnded)
    sink:finish()
  end)
  peer:finish("only this")
end)
