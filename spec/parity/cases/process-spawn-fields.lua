local prelude = require("prelude")
local fieldsOf, log, spawn = prelude.fieldsOf, prelude.log, prelude.spawn

local child = spawn("sh", { "-c", "exit 3" }, { argv0 = "other" })
log("before", fieldsOf(child, { "killed", "exitCode", "signalCode", "spawnfile", "spawnargs", "connected" }))
child:on("close", function()
  log("after", fieldsOf(child, { "killed", "exitCode", "signalCode", "spawnfile", "spawnargs", "connected" }))
  log("kill", child:kill())
end)
