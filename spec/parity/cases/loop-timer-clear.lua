local prelude = require("prelude")
local actor, clearImmediate = prelude.actor, prelude.clearImmediate
local clearInterval, clearTimeout, log = prelude.clearInterval, prelude.clearTimeout, prelude.log
local setImmediate, setInterval = prelude.setImmediate, prelude.setInterval
local setTimeout = prelude.setTimeout

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
setImmediate(function() actor("immediate")("runs") end)
