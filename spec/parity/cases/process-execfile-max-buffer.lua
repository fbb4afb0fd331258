local prelude = require("prelude")
local childProcess, log = prelude.childProcess, prelude.log

childProcess.execFile("yes", {}, { maxBuffer = 40 }, function(err, stdout)
  log("done", err.name, err.code, err.message, #stdout)
end)
