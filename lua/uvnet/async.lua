--- Waiting in coroutines: `net.async`.
--
--     local net = require("net")
--     local async = net.async
--
--     net.createServer(async.wrap(function(socket)
--       for line in socket:lines() do
--         socket:writeAll(line:upper() .. "\n")
--       end
--     end)):listen(8124)
--     net.run()
--
-- A *task* is a coroutine that the loop resumes. What waits can be used in a task and, where no loop runs, in the main
-- program, which then runs the loop until the answer is there. See docs/coroutines.md.
--
-- Floor 13.

local emitters = require("uvnet.async.emitters")
local errors = require("uvnet.errors")
local group = require("uvnet.async.group")
local is_callable = require("uvnet.base.callable")
local sync = require("uvnet.async.sync")
local task = require("uvnet.runtime.task")
local time = require("uvnet.async.timeout")
local wrap = require("uvnet.async.wrap")

local async = {
  all = group.all,
  race = group.race,
  queue = sync.queue,
  lock = sync.lock,
  sleep = time.sleep,
  timeout = time.timeout,
  once = emitters.once,
  connect = emitters.connect,
  accept = emitters.accept,
  connections = emitters.connections,
  lookup = emitters.lookup,
  wrap = wrap,
  --- `pcall`, which on Lua 5.1, too, can be waited across.
  pcall = task.pcall,
}

local function check_fn(fn, call)
  if is_callable(fn) then return type(fn) == "function" and fn or function(...) return fn(...) end end
  errors._checkModule(fn, async.run, call)
  return errors.throw("ERR_INVALID_ARG_TYPE", "fn", "function", fn)
end

--- Starts a task, at once: it runs until it waits. A task that is started within another is its child: if that is
-- cancelled, or was a handler made by `wrap` that ends, the child is cancelled, too.
-- @tparam function fn
-- @param ... what it gets
-- @return the task
-- @raise ERR_INVALID_ARG_TYPE
function async.run(fn, ...)
  fn = check_fn(fn, "net.async.run(fn)")
  return task.start(task.new(fn), task.current(), ...)
end

--- Starts a task that is nobody's child; or makes one of that which runs.
-- @param fn a function, or a task
-- @param ... what the function gets
-- @return the task
-- @raise ERR_INVALID_ARG_TYPE
function async.detach(fn, ...)
  if getmetatable(fn) == task.Task then return fn:detach() end
  fn = check_fn(fn, "net.async.detach(fn)")
  return task.start(task.new(fn), nil, ...)
end

local function behind(cleanup, ok, ...)
  cleanup()
  if not ok then error((...), 0) end
  return ...
end

--- Has something done whatever comes. `finally(cleanup)`: when the task that runs ends, the last one first.
-- `finally(fn, cleanup, ...)`: calls fn, and the other when that has returned or raised.
-- @tparam function fn
-- @tparam[opt] function cleanup
-- @param ... what fn gets
-- @return what fn returns
-- @raise what they raise; ERR_INVALID_ARG_TYPE; ERR_INVALID_STATE for `finally(cleanup)` outside of a task
function async.finally(fn, cleanup, ...)
  fn = check_fn(fn, "net.async.finally(cleanup)")
  if cleanup ~= nil then
    cleanup = check_fn(cleanup)
    return behind(cleanup, task.pcall(fn, ...))
  end
  local me = task.running()
  if not me or me._main then errors.throw("ERR_INVALID_STATE", "Only a task has an end: call finally(fn, cleanup)") end
  local list = me._finally or {}
  me._finally = list
  list[#list + 1] = fn
end

return async
