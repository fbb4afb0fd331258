--- LuaSocket's exceptions: `newtry`, `protect`, and `skip`.
--
-- Floor 14.

local task = require("uvnet.runtime.task")

local exceptions = {}

local Exception = {}
Exception.__index = Exception
Exception.__metatable = false
function Exception.__tostring(self) return tostring(self[1]) end

local raised = setmetatable({}, { __mode = "k" })

local function caught(ok, ...)
  if ok then return ... end
  local err = ...
  if raised[err] then return nil, err[1] end
  return error(err, 0)
end

--- Makes a function that raises what `try` has refused no more: it gives back nil and the reason. One may wait in it on
-- every Lua. Any other error goes through.
-- @tparam function fn
-- @treturn function
function exceptions.protect(fn)
  return function(...) return caught(task.pcall(fn, ...)) end
end

local function ignore() end

--- Makes a `try`: a function that gives back its arguments, or raises the second if the first is nil or false.
-- @tparam[opt] function finalizer called before it raises; what it raises itself goes out in its place
-- @treturn function
function exceptions.newtry(finalizer)
  finalizer = finalizer or ignore
  return function(...)
    local ok, reason = ...
    if ok then return ... end
    finalizer()
    local exception = setmetatable({ reason }, Exception)
    raised[exception] = true
    return error(exception, 0)
  end
end

--- Drops the first of its arguments.
-- @tparam integer count
-- @param ...
-- @return the others
function exceptions.skip(count, ...)
  if count < 0 then return count, ... end
  return select(count + 1, ...)
end

return exceptions
