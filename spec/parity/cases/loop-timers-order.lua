local prelude = require("prelude")
local log, setTimeout = prelude.log, prelude.setTimeout

setTimeout(function() log("30") end, 30)
setTimeout(function() log("10") end, 10)
setTimeout(function() log("20") end, 20)
setTimeout(function(...) log("1", ...) end, 1, "a", 2)
setTimeout(function() log("also 10") end, 10)
