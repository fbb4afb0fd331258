--- An answer that comes later: to a callback, or, where none is given, to the task that waits for it.
--
-- Floor 3.

local errors = require("uvnet.errors")
local ticks = require("uvnet.runtime.ticks")

-- Who only gives callbacks does not load what tasks need; once it is loaded, it says so in `ticks.tasks`.
local TASK = "uvnet.runtime.task"

local answers = {}

local function deliver(wait, task)
  if wait.me._subject ~= wait then return end
  if wait.err ~= nil then
    task.fail(wait.me, wait.err)
  else
    task.wake(wait.me, wait.value)
  end
end

local function unwait(_, wait)
  if wait.stop then wait.stop() end
end

--- Begins something, and has its answer go where it is wanted.
-- @tparam function begin gets what is to be called with an error, or nil and a value; may return what stops it
-- @tparam ?function callback gets the same
-- @return without a callback the value, once it is there
-- @raise without a callback the error; ERR_INVALID_STATE where nobody can wait
function answers.give(begin, callback)
  if callback ~= nil then
    if type(callback) ~= "function" then errors.throw("ERR_INVALID_ARG_TYPE", "callback", "function", callback) end
    begin(callback)
    return nil
  end
  local task = ticks.tasks or require(TASK)
  local wait = { me = task.enter() }
  wait.stop = begin(function(err, value)
    wait.err, wait.value = err, value
    ticks.later(deliver, wait, task)
  end)
  return task.wait(wait.me, unwait, wait)
end

--- Is it a task that asks?
function answers.in_task()
  local task = ticks.tasks
  local me = task and task.running()
  return me and not me._main or false
end

return answers
