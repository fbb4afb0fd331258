local prelude = require("prelude")
local PassThrough, actor, pair = prelude.PassThrough, prelude.actor, prelude.pair
local pipeline = prelude.pipeline

for _, unix in ipairs({ false, true }) do
  pair({ unix = unix }, function(client, peer)
    local note = actor(unix and "unix" or "tcp")
    local sink = PassThrough()
    local all = ""
    sink:on("data", function(data) all = all .. data end)
    pipeline(client, sink, function(err) note("done", err, all) end)
    peer:resume()
    peer:finish("all of it")
  end)
end
