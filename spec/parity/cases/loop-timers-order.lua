local prelude = require("prelude")
local log, setTimeout = prelude.log, prelude.setTimeout

setTimeout(function() log("300") end, 300)
setTimeout(function() log("100") end, 100)
setTimeout(function() log("200") end, 200)
setTimeout(function(...) log("1", ...) end, 1, "a", 2)
setTimeout(function() log("also 100") end, 100)
