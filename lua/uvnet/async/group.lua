--- Several tasks at once: `all` and `race`. What is left over is cancelled.
--
-- Floor 11.

local errors = require("uvnet.errors")
local is_callable = require("uvnet.base.callable")
local task = require("uvnet.runtime.task")

local group = {}

local function check_tasks(list)
  if type(list) ~= "table" or getmetatable(list) == task.Task then
    errors.throw("ERR_INVALID_ARG_TYPE", "tasks", "table", list)
  end
  for i = 1, #list do
    if getmetatable(list[i]) ~= task.Task and not is_callable(list[i]) then
      errors.throw("ERR_INVALID_ARG_TYPE", ("tasks[%d]"):format(i), "Task", list[i])
    end
  end
end

-- Functions among them are started.
local function started(list)
  local tasks = {}
  for i = 1, #list do
    local one = list[i]
    if getmetatable(one) ~= task.Task then one = task.start(task.new(one), task.current()) end
    tasks[i] = one
  end
  return tasks
end

local function cancel_rest(tasks)
  for i = 1, #tasks do
    if tasks[i].state == "running" then
      tasks[i]._awaited = true -- what it raises for that reason is nobody's
      tasks[i]:cancel()
    end
  end
end

local function release(wait)
  for i = 1, #wait.tasks do
    task.off_end(wait.tasks[i], wait.on_end)
  end
  cancel_rest(wait.tasks)
end

local function unwait(_, wait) release(wait) end

-- Waits until `is_over(one)` is true for a task that has ended.
local function wait_for(tasks, is_over)
  for i = 1, #tasks do
    tasks[i]._awaited = true
  end
  for i = 1, #tasks do
    if tasks[i].state ~= "running" and is_over(tasks[i]) then
      cancel_rest(tasks)
      return
    end
  end
  local me = task.enter()
  task.rest(me)
  local wait = { tasks = tasks, over = false }
  function wait.on_end(one)
    if wait.over or not is_over(one) then return end
    wait.over = true
    task.wake_for(me, wait)
  end
  for i = 1, #tasks do
    if tasks[i].state == "running" then task.on_end(tasks[i], wait.on_end) end
  end
  task.wait(me, unwait, wait)
  for i = 1, #tasks do
    tasks[i]._awaited = true
  end
  release(wait)
  for i = 1, #tasks do
    tasks[i]._awaited = true
  end
end

--- Waits for all of them. The first that raises ends the wait, and the others are cancelled.
-- @tparam {Task,...} tasks functions among them are started as tasks
-- @treturn table what the first value of each was, in the order of the tasks, with their number in `n`
-- @raise what one of them has raised; ERR_INVALID_ARG_TYPE, ERR_INVALID_STATE
function group.all(tasks)
  check_tasks(tasks)
  tasks = started(tasks)
  local left, failed = #tasks, nil
  local counted = {}
  if left > 0 then
    wait_for(tasks, function(one)
      if one.state ~= "done" then failed = failed or one end
      if not counted[one] then
        counted[one] = true
        for i = 1, #tasks do
          if tasks[i] == one then left = left - 1 end
        end
      end
      return failed ~= nil or left == 0
    end)
  end
  if failed then return task.outcome(failed) end
  local results = { n = #tasks }
  for i = 1, #tasks do
    results[i] = (task.outcome(tasks[i]))
  end
  return results
end

--- Waits for the first that ends; the others are cancelled.
-- @tparam {Task,...} tasks one at least; functions among them are started as tasks
-- @return what it gives back
-- @raise what it has raised; ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE
function group.race(tasks)
  check_tasks(tasks)
  if #tasks == 0 then errors.throw("ERR_INVALID_ARG_VALUE", "tasks", tasks, "must have one task at least") end
  tasks = started(tasks)
  local first
  wait_for(tasks, function(one)
    first = first or one
    return true
  end)
  return task.outcome(first)
end

return group
