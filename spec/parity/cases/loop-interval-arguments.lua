local prelude = require("prelude")
local clearInterval, log, setInterval = prelude.clearInterval, prelude.log, prelude.setInterval

local count = 0
local interval
interval = setInterval(function(a, b)
  count = count + 1
  log("interval", a, b)
  if count == 2 then clearInterval(interval) end
end, 3, "x", 7)
