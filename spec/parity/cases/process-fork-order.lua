local prelude = require("prelude")
local forkChild, log, watch = prelude.forkChild, prelude.log, prelude.watch

local child = forkChild()
watch(child, "child", { "spawn", "exit", "close", "error", "disconnect" })
child:on("message", function(message)
  log("message", message)
  if message.echo == 9 then child:send({ act = "disconnect" }) end
end)
for i = 0, 9 do
  child:send({ act = "echo", value = i })
end
