local prelude = require("prelude")
local bad, childProcess = prelude.bad, prelude.childProcess

bad("fork script", function() return childProcess.fork("x", {}, { stdio = { "pipe", "pipe" } }) end)
