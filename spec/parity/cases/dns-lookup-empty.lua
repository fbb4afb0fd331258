local prelude = require("prelude")
local dns, log = prelude.dns, prelude.log

dns.lookup("", function(...) log("empty", ...) end)
