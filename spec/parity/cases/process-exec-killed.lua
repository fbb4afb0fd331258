local prelude = require("prelude")
local childProcess, log = prelude.childProcess, prelude.log

childProcess.exec("kill -9 $$", function(err, stdout, stderr)
  log("done", err == nil, stdout, stderr)
  if err then log("fields", err.code, err.killed, err.signal, err.cmd) end
end)
