-- Runs busted with whichever Lua runs this file.
-- A checker that ends the process at its exit takes buffered output with it.
io.stdout:setvbuf("line")
-- With UVNET_GC_STRESS in the environment the collector does all that it can whenever ticks run, which takes its time.
if os.getenv("UVNET_GC_STRESS") then
  dofile(arg[0]:match("^(.*)tools/") .. "stress/collect.lua")
  require("uvnet.testing").timeout = 60000
end
-- Emulated processors and systems take their time, too. (The variable may be there and empty.)
if (os.getenv("UVNET_SLOW") or "") ~= "" then require("uvnet.testing").timeout = 60000 end
require("busted.runner")({ standalone = false })
