local prelude = require("prelude")
local Error, later, pair, watch = prelude.Error, prelude.later, prelude.pair, prelude.watch

-- An error that escapes a listener does not harm the connection.
pair({}, function(client, peer)
  watch(client, "client")
  peer:resume()
  client:once("data", function() error(Error("in data"), 0) end)
  peer:write("one")
  later(function() peer:finish("two") end)
end)
