local prelude = require("prelude")
local actor, dns, log = prelude.actor, prelude.dns, prelude.log

dns.lookup("127.0.0.1", function(...) log("literal 4", ...) end)
dns.lookup("::1", function(...) actor("6")("literal 6", ...) end)
dns.lookup("127.0.0.1", { all = true }, function(...) actor("all")("all", ...) end)
dns.lookup("127.0.0.1", 4, function(...) actor("number")("family as a number", ...) end)
dns.lookup("127.0.0.1", { family = 4 }, function(...) actor("family")("family", ...) end)
log("asked")
