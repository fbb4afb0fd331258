local prelude = require("prelude")
local childProcess, log = prelude.childProcess, prelude.log

childProcess.execFile("echo", { "a b", "c" }, function(...) log("done", ...) end)
