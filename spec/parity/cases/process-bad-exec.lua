local prelude = require("prelude")
local bad, childProcess = prelude.bad, prelude.childProcess

bad("exec", function() return childProcess.exec(5) end)
