local prelude = require("prelude")
local log, setTimeout = prelude.log, prelude.setTimeout

-- What is no delay is one millisecond.
setTimeout(function() log("negative") end, -5)
setTimeout(function() log("zero") end, 0)
setTimeout(function() log("nothing") end)
setTimeout(function() log("a string") end, "1")
setTimeout(function() log("later") end, 20)
