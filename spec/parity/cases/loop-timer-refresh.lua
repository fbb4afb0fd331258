local prelude = require("prelude")
local log, setTimeout = prelude.log, prelude.setTimeout

local times = 0
local timer
timer = setTimeout(function()
  times = times + 1
  log("fired", times)
  if times < 3 then timer:refresh() end
end, 5)
