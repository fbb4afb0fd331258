-- Runs busted with whichever Lua runs this file.
-- A checker that ends the process at its exit takes buffered output with it.
io.stdout:setvbuf("line")
-- With UVNET_GC_STRESS in the environment the collector does all that it can whenever ticks run.
if os.getenv("UVNET_GC_STRESS") then
  require("uvnet")
  local ticks = require("uvnet.ticks")
  collectgarbage("setpause", 0)
  require("uvnet.core").hook("ticks", function()
    collectgarbage()
    ticks.drain()
  end)
end
require("busted.runner")({ standalone = false })
