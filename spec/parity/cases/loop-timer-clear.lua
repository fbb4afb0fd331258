local prelude = require("prelude")
local clearImmediate, clearInterval = prelude.clearImmediate, prelude.clearInterval
local clearTimeout, log, setImmediate = prelude.clearTimeout, prelude.log, prelude.setImmediate
local setInterval, setTimeout = prelude.setInterval, prelude.setTimeout

local gone = setTimeout(function() log("never") end, 5)
clearTimeout(gone)
clearTimeout(nil)
local other = setTimeout(function() log("never") end, 10)
setTimeout(function() clearTimeout(other) end, 5)
local count = 0
local interval
interval = setInterval(function()
  count = count + 1
  log("interval", count)
  if count == 3 then clearInterval(interval) end
end, 5)
local immediate = setImmediate(function() log("never") end)
clearImmediate(immediate)
setImmediate(function() log("immediate") end)
