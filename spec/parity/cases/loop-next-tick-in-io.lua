local prelude = require("prelude")
local later, log, nextTick, pair = prelude.later, prelude.log, prelude.nextTick, prelude.pair
local setImmediate = prelude.setImmediate

pair({}, function(client, peer)
  client:on("data", function(data)
    log("data", data)
    nextTick(function() log("tick of data") end)
    setImmediate(function() log("immediate of data") end)
  end)
  client:on("end", function() log("end") end)
  client:on("close", function() log("close") end)
  peer:resume()
  peer:write("x")
  later(function() peer:finish() end)
end)
