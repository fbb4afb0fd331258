--- What timeouts and immediates do behind their callbacks.
--
-- Floor 3.

local ticks = require("uvnet.ticks")

local callbacks = {}

--- What runs after each callback and before the next.
function callbacks.run_ticks()
  if ticks.pending() then ticks.drain() end
end

return callbacks
