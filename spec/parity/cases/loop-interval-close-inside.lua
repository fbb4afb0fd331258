local prelude = require("prelude")
local log, setInterval, setTimeout = prelude.log, prelude.setInterval, prelude.setTimeout

local interval
interval = setInterval(function()
  log("once")
  interval:close()
end, 3)
setTimeout(function() log("later") end, 30)
