-- The collector at its most aggressive: no pause between two cycles, and a full collection whenever ticks run.
-- usage: LUA_INIT=@stress/collect.lua lua PROGRAM, or dofile; UVNET_GC_STRESS=1 has the specs do it

require("uvnet")
local ticks = require("uvnet.runtime.ticks")

collectgarbage("setpause", 0)
require("uvnet.core").hook("ticks", function()
  collectgarbage()
  ticks.drain()
end)
