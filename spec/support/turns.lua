--- Turns of the loop that do not wait.

local core = require("uvnet.core")
local net = require("net")

local turns = {}

--- @tparam[opt=5] integer count
function turns.run(count)
  for _ = 1, count or 5 do
    net.run("nowait")
  end
end

--- Runs a few, and destroys what is open then.
function turns.close_all()
  turns.run()
  for _, object in ipairs(core.open_objects()) do
    if object.destroy then object:destroy() else object:close() end
  end
end

return turns
