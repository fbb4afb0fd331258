local prelude = require("prelude")
local bad, dns = prelude.bad, prelude.dns

bad("no callback", function() return dns.lookup("localhost") end)
bad("callback no function", function() return dns.lookup("localhost", {}, 5) end)
bad("hostname a number", function() return dns.lookup(5, function() end) end)
bad("family 5", function() return dns.lookup("localhost", { family = 5 }, function() end) end)
bad("family as number 5", function() return dns.lookup("localhost", 5, function() end) end)
bad("hints a string", function() return dns.lookup("localhost", { hints = "x" }, function() end) end)
bad("hints unknown", function() return dns.lookup("localhost", { hints = 1000000 }, function() end) end)
bad("all no boolean", function() return dns.lookup("localhost", { all = 1 }, function() end) end)
bad("family a string", function() return dns.lookup("localhost", { family = "x" }, function() end) end)
