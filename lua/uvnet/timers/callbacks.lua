--- What timeouts and immediates do with their callbacks.
--
-- Floor 3.

local errors = require("uvnet.errors")
local ticks = require("uvnet.ticks")

local callbacks = {}

--- What runs after each callback and before the next.
function callbacks.run_ticks()
  if ticks.pending() then ticks.drain() end
end

callbacks.check = errors._checkCallback

return callbacks
