local prelude = require("prelude")
local PassThrough, bytes, log, pair = prelude.PassThrough, prelude.bytes, prelude.log, prelude.pair

-- A pipe from a socket that decodes carries text.
pair({}, function(client, peer)
  local sink = PassThrough()
  local all = ""
  sink:on("data", function(data) all = all .. data end)
  sink:on("end", function() log("all", all) end)
  client:setEncoding("hex")
  client:pipe(sink)
  peer:resume()
  peer:finish(bytes(0, 255, 16))
end)
