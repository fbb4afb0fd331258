local prelude = require("prelude")
local actor, firstOf, lastOf, log = prelude.actor, prelude.firstOf, prelude.lastOf, prelude.log
local pair, rep, size = prelude.pair, prelude.rep, prelude.size

-- Small, large, corked and encoded writes arrive in the order in which they were made.
pair({ server = { pauseOnConnect = true } }, function(client, peer)
  local big = 5000000
  local head = ""
  local tail = ""
  local total = 0
  client:resume()
  local done = actor("callbacks")
  client:write("a", function() done("a") end)
  client:write("6263", "hex", function() done("bc") end)
  client:write(rep("x", big), function() done("big") end)
  client:write("d", function() done("d") end)
  client:cork()
  client:write("e", function() done("e") end)
  client:write("f", function() done("f") end)
  client:uncork()
  client:write("Zw==", "base64", function() done("g") end)
  client:finish("h", function() done("end") end)
  peer:setEncoding("latin1")
  peer:on("data", function(data)
    head = firstOf(head .. data, 5)
    tail = lastOf(tail .. data, 6)
    total = total + size(data)
  end)
  peer:on("end", function() log("received", total, head, tail) end)
  peer:resume()
end)
