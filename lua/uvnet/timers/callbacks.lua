--- What timeouts and immediates do with their callbacks.
--
-- Floor 3.

local errors = require("uvnet.errors")
local is_callable = require("uvnet.callable")
local ticks = require("uvnet.ticks")

local callbacks = {}

--- What runs after each callback and before the next.
function callbacks.run_ticks()
  if ticks.pending() then ticks.drain() end
end

function callbacks.check(callback)
  if not is_callable(callback) then errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback) end
end

return callbacks
