--- The modules of a state stay the same when somebody empties `package.loaded` and requires them anew: hot reload does
-- that, and runners of tests that isolate. A state has one loop, and that has one list of timers, one queue of ticks.
--
-- Floor 0.

local kept = {}

local modules = {}

local function the_same(name) return modules[name] end

--- Keeps what is loaded now.
-- @tparam[opt] string name of a module that is being loaded
-- @tparam[opt] table module
function kept.keep(name, module)
  if not package or not package.loaded or not package.preload then return end
  for one, value in pairs(package.loaded) do
    -- On Lua 5.1 a userdata stands for what is being loaded.
    if type(one) == "string" and one:sub(1, 6) == "uvnet." and type(value) ~= "userdata" then modules[one] = value end
  end
  if name then modules[name] = module end
  for one in pairs(modules) do
    if package.preload[one] == nil then package.preload[one] = the_same end
  end
end

return kept
