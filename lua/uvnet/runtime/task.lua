--- Tasks: coroutines that the loop resumes. And the one way in which anything waits.
--
-- Whoever waits calls `enter`, which says who he is, or raises if he cannot wait here; puts that where he will be
-- found; and calls `wait`. Whoever finds him calls `wake`, or `fail`. A wait that is broken off, because the task is
-- cancelled or its time is over, calls `unwait` first, which takes him away from where he would be found.
--
-- In the main program, while no loop runs, it is `main` who waits: it runs the loop.
--
-- Fields of a task: `_unwait` and `_subject` while it waits; `_interrupt`: what its next wait is to raise; `_abort`:
-- the error that it was cancelled with; `_deadline`, `_expired`, `_timer`, `_armed`: see async/timeout.lua; `_parent`,
-- `_last`, and in the list of a parent's children `_previous`, `_next`; `_inner`: the coroutine that runs within it
-- (Lua 5.1, `pcall`); `_endings`: who waits for its end; `_finally`: what is to be done then; `_captor`: who is told
-- what it raises; `_stream`: see wrap.lua.
--
-- Floor 2.

local core = require("uvnet.core")
local errors = require("uvnet.errors")
local ticks = require("uvnet.runtime.ticks")

local unpack = table.unpack or unpack -- luacheck: ignore 143
local resume, yield = coroutine.resume, coroutine.yield
local running, status = coroutine.running, coroutine.status
local isyieldable = coroutine.isyieldable -- luacheck: ignore 143
local traceback = debug and debug.traceback
local later = ticks.later

-- Lua 5.1 makes no coroutine of a function in C.
local create = coroutine.create
if not pcall(create, print) then
  local create_of_lua = create
  function create(fn)
    local ok, co = pcall(create_of_lua, fn)
    return ok and co or create_of_lua(function(...) return fn(...) end)
  end
end

local DEEPEST = 100 -- tasks that one resumes within the other: C stack is needed for each

local task = {}

-- What a task yields when it waits, and nobody else can.
local WAIT = {}
task.WAIT = WAIT

-- The task that runs now; false while none does. In a table, for the core looks there, too (stream_wait.c).
local now = { false }
task.now = now
local depth = 0
local main = { _main = true }

local Task = { state = "running" }
Task.__index = Task
Task.__name = "Task"
task.Task = Task

function Task.__tostring(self) return ("Task: %s (%s)"):format(tostring(self._name), self.state) end

--- Can this Lua yield across `pcall`, and from the iterator of a `for`? 5.1 cannot.
task.yields_across_pcall = select(2, resume(create(function() return pcall(yield, "yes") end))) == "yes"

-- ---- who waits, and may he? ----

-- Of Lua 5.1 and 5.2 nobody tells whether a function in C stands between us and the coroutine's beginning.
local may_stand = {}
if task.yields_across_pcall then may_stand[pcall], may_stand[xpcall] = true, true end

--- Says of a function in C that it can be waited across.
function task.may_stand(fn) may_stand[fn] = true end

local function invalid(message) error(errors.coded("ERR_INVALID_STATE", message), 0) end

local function check_boundary()
  if isyieldable then
    if isyieldable() then return end
    invalid("Cannot wait here: a function in C (table.sort, string.gsub, require, a finalizer) has called what waits")
  end
  local between = core.between(2, may_stand)
  if between == pcall or between == xpcall then
    invalid("Lua 5.1 cannot wait within pcall: call async.pcall instead")
  elseif between then
    invalid("Cannot wait here: a function in C (table.sort, string.gsub, require) has called what waits")
  end
end

-- It has begun a wait that is not over, and runs: its yield has raised (Lua 5.1, in a metamethod or an iterator).
local function forget_wait(me)
  local unwait, subject = me._unwait, me._subject
  me._unwait, me._subject = nil, nil
  if unwait then unwait(me, subject) end
end

local function elsewhere()
  local co, is_main = running()
  if core.running() or main._taking then
    invalid(
      "Only a task can wait while the loop runs, and this is a callback or a coroutine of somebody else: "
        .. "start a task with async.run(function() … end), or make the listener one with async.wrap(fn)"
    )
  end
  if co and is_main ~= true then
    invalid("Only a task can wait, and this is a coroutine of somebody else: start a task with async.run(fn)")
  end
  return main
end

-- An error that was made elsewhere, by the loop for example, gets the lines of the task that it is raised in.
local traced = setmetatable({}, { __mode = "k" })

local function trace(err, co)
  if type(err) ~= "table" or traced[err] or not traceback then return end
  local made = rawget(err, "traceback")
  if type(made) ~= "string" then return end
  traced[err] = true
  local here = co and traceback(co) or traceback("", 3):gsub("^\n", "")
  if made:find(here:match("\n%s*([^\n]+:%d+: in [^\n]*)%s*$") or "\n\n", 1, true) then return end
  err.traceback = here .. "\nmade at " .. made
end

local function raise(err)
  trace(err)
  error(err, 0)
end
task.raise = raise

--- Who is going to wait: the task that runs, or the main program.
-- @raise ERR_INVALID_STATE where one cannot wait; what the task was cancelled with; ERR_TIMEOUT
function task.enter()
  local me = now[1]
  local co = me and (me._inner or me.co)
  if not co or co ~= running() then
    me = elsewhere()
  elseif not isyieldable or not isyieldable() then
    check_boundary()
  end
  if me._unwait then forget_wait(me) end
  local err = me._interrupt
  if err then
    me._interrupt = nil
    raise(err)
  end
  if me._expired then raise(errors.coded("ERR_TIMEOUT")) end
  return me
end

--- The same for what may be called from a coroutine of somebody else: where no loop runs and no task, that waits as the
-- main program does, by running the loop.
function task.enter_anywhere()
  if now[1] or core.running() or main._taking then return task.enter() end
  local err = main._interrupt
  main._interrupt = nil
  if err then raise(err) end
  if main._expired then raise(errors.coded("ERR_TIMEOUT")) end
  return main
end

--- The task that runs now, or the main program if no loop runs, or nil.
function task.running()
  local me = now[1]
  if me and (me._inner or me.co) == running() then return me end
  local co, is_main = running()
  if not core.running() and not main._taking and (not co or is_main == true) then return main end
end

--- Does somebody wait there? `me` stands in a place for who waits.
function task.is_waiting(me) return me._unwait ~= nil and (me._main or status(me.co) == "suspended") end

-- ---- waiting ----

local function woken(err, ...)
  if err ~= nil then raise(err) end
  return ...
end
task.woken = woken

local function raise_later(err) error(err, 0) end

-- Somebody else's error, while the main program waits: whoever listens for `uncaughtException` takes it, as in `run`.
-- Such a listener is a callback, which cannot wait; what it raises takes the error's place. Gives back whether there
-- is something left to raise, and what.
local function left_of(err)
  local takes = ticks.onerror
  if not takes then return true, err end
  main._taking = true
  local ok, taken = pcall(takes, err)
  main._taking = nil
  if not ok then return true, taken end
  return not taken, err
end

-- Runs the loop until somebody wakes us.
local function wait_here()
  main._values, main._done = nil, false
  while not main._done do
    local ok, alive = pcall(core.run, 0)
    local left, err = false, nil
    if not ok then
      left, err = left_of(alive)
    end
    if main._done then
      -- The next run raises it.
      if left then later(raise_later, err) end
    elseif left then
      forget_wait(main)
      error(err, 0)
    elseif ok and not alive then
      forget_wait(main)
      invalid("Nothing is left to happen in the loop that could end this wait")
    end
  end
  local values = main._values
  main._values, main._woken = nil, nil
  return woken(unpack(values, 1, values.n))
end

--- Waits: gives back what `wake` gets, or raises what `fail` gets.
-- @param me what `enter` gave
-- @tparam function unwait called with `me` and the subject if the wait is broken off
-- @param subject what is waited for
function task.wait(me, unwait, subject)
  me._unwait, me._subject = unwait, subject
  if me._main then return wait_here() end
  return woken(yield(WAIT))
end

-- ---- resuming ----

local finish

local function resumed(me, outer, ok, first, ...)
  now[1] = outer
  depth = depth - 1
  if ok and first == WAIT then return end
  finish(me, ok, first, ...)
end

local function go_on(me, ...)
  local outer = now[1]
  now[1] = me
  depth = depth + 1
  return resumed(me, outer, resume(me.co, ...))
end

local function answer_main(...)
  main._values, main._done = { n = select("#", ...), ... }, true
  core.stop()
end

--- Ends a wait: it gives back these values. For who is called by the loop; everybody else does it in a tick.
function task.wake(me, ...)
  if me._main then
    me._woken, me._unwait, me._subject = me._subject, nil, nil
    return answer_main(nil, ...)
  end
  me._unwait, me._subject = nil, nil
  local outer = now[1]
  now[1], depth = me, depth + 1
  return resumed(me, outer, resume(me.co, nil, ...))
end

--- Ends a wait: it raises this.
function task.fail(me, err)
  me._unwait, me._subject = nil, nil
  if me._main then return answer_main(err) end
  return go_on(me, err)
end

--- Has the main program waited for this subject, is woken, and has not gone on yet? It does when the turn of the loop
-- is over; a task goes on at once.
function task.is_woken_for(subject) return main._woken == subject end

local wake, fail = task.wake, task.fail

-- A chunk that comes straight from the core, past the stream.
core.hook("reader", function(me, chunk) return wake(me, chunk, true) end)

--- Makes the short way into a wait for reading: called with a socket, it does what `enter` and the first half of `wait`
-- do, if a chunk may come straight to who waits; the caller yields then. It gives back true, or nil: nothing was done.
function task.awaits(unwait) return core.awaits(now, unwait) end

--- Ends a wait, if it is still the one for this subject.
function task.wake_for(me, subject, ...)
  if me._subject == subject then wake(me, ...) end
end

--- Before a wait that does not keep the loop running by itself: nor does the timer of a deadline that is gone.
function task.rest(me)
  if me._timer and not me._deadline then
    me._timer:close()
    me._timer, me._armed = nil, nil
  end
end

--- Breaks off the wait that a task is in: it raises this.
function task.interrupt(me, err)
  forget_wait(me)
  fail(me, err)
end

-- ---- children ----

local function leave(me)
  local parent = me._parent
  if not parent then return end
  local previous, next = me._previous, me._next
  if previous then previous._next = next end
  if next then next._previous = previous else parent._last = previous end
  me._parent, me._previous, me._next = nil, nil, nil
end
task.leave = leave

local function join(me, parent)
  local last = parent._last
  if last then last._next = me end
  me._parent, me._previous, parent._last = parent, last, me
end

local function cancel_children(me, reason)
  while me._last do
    local child = me._last
    leave(child)
    child:cancel(reason)
  end
end
task.cancel_children = cancel_children

-- Whoever ends leaves his children to his parent.
local function hand_on_children(me)
  local parent = me._parent
  while me._last do
    local child = me._last
    leave(child)
    if parent then join(child, parent) end
  end
end

-- ---- the end ----

-- Nobody has heard of it.
local function report(me)
  if not me._awaited then error(me._traced, 0) end
end

--- What a task has raised comes out of `run`, unless somebody awaits it until then.
function task.report(me) later(report, me) end

local function tell_ending(ending, me)
  if type(ending) == "function" then
    ending(me)
  elseif ending._subject == me then
    wake(ending)
  end
end

local function run_finally(me)
  local list = me._finally
  for i = #list, 1, -1 do
    local handler = list[i]
    list[i] = nil
    handler()
  end
end

-- The handlers run in the same task, and may wait. The first that raises is the last; what the task has raised itself
-- comes first.
local function finish_finally(me, ok, ...)
  if #me._finally == 0 then me._finally = nil end
  local count, values = select("#", ...), { ... }
  if not ok then trace(values[1], me.co) end
  local traced_text = not ok and type(values[1]) == "string" and traceback and traceback(me.co, values[1])
  me._finishing = { ok = ok, n = count, traced = traced_text, unpack(values, 1, count) }
  me.co = create(run_finally)
  return go_on(me, me)
end

local function outcome_before(me, ok, ...)
  local before = me._finishing
  me._finishing = nil
  if not ok and before.ok then
    me._finally = nil
    return ok, ...
  end
  me._traced_before = before.traced
  return before.ok, unpack(before, 1, before.n)
end

local close = coroutine.close -- luacheck: ignore 143

-- What a task has raised, with the lines where it did. What it has to close is closed then (Lua 5.4), which may raise.
local function fail_with(me, first)
  local co = me.co
  trace(first, co)
  me._traced = first
  if type(first) == "string" and traceback then
    me._traced = me._traced_before or me._noted == first and me._noted_text or traceback(co, first)
  end
  me._noted, me._noted_text, me._traced_before = nil, nil, nil
  if close then
    local ok, raised = close(co)
    if not ok and raised ~= first then first, me._traced = raised, raised end
  end
  me.state = first ~= nil and first == me._abort and "cancelled" or "failed"
  me._error = first
end

--- Notes where a text was raised, for somebody catches it and raises it again.
function task.note(err)
  local me = now[1]
  if type(err) == "string" and me and traceback then
    if me._noted ~= err then me._noted, me._noted_text = err, traceback(err, 2) end
  end
  return err
end

local function settle(me, ok, first, ...)
  if not ok and me._unwait and type(first) == "string" and first:find("attempt to yield across", 1, true) then
    first = errors.coded(
      "ERR_INVALID_STATE",
      "This Lua cannot wait within a metamethod, or the iterator of a for: call what waits in a loop of your own"
    )
  end
  if ok then
    me.state = "done"
    local count = select("#", first, ...)
    if count > 1 or first ~= nil then me._results = { n = count, first, ... } end
  else
    fail_with(me, first)
  end
  me.co, me._inner, me._interrupt, me._deadline, me._expired = nil, nil, nil, nil, nil
  if me._unwait then forget_wait(me) end
  if me._timer then
    me._timer:close()
    me._timer = nil
  end
  if me._last then
    if me.state == "cancelled" or me._stream ~= nil then
      cancel_children(me, me._abort)
    else
      hand_on_children(me)
    end
  end
  leave(me)
  local endings = me._endings
  if endings then
    me._endings = nil
    for i = 1, #endings do
      later(tell_ending, endings[i], me)
    end
  end
  if me._stream ~= nil then
    task.over(me)
  elseif me.state == "failed" and not me._awaited then
    later(report, me)
  end
end

function finish(me, ok, ...)
  local co = me.co
  if ok and status(co) ~= "dead" then
    -- Nobody would resume it.
    return settle(me, false, errors.coded("ERR_INVALID_STATE", "A task has yielded by itself: it waits by what waits"))
  end
  if me._finally and not me._finishing and #me._finally > 0 then return finish_finally(me, ok, ...) end
  if me._finishing then return settle(me, outcome_before(me, ok, ...)) end
  return settle(me, ok, ...)
end

-- ---- what people do with tasks ----

local function begin(me, arguments) go_on(me, unpack(arguments, 1, arguments.n)) end

--- Makes a task that does not run yet.
-- @tparam function fn
-- @param stream of a handler (wrap.lua): what it has charge of, or false; for any other task nil
function task.new(fn, stream)
  -- Four fields, as many as a size of tables has: there may be one for each connection.
  return setmetatable({ co = create(fn), _unwait = nil, _subject = nil, _stream = stream }, Task)
end

--- What a handler has done at its end, with the task: set by wrap.lua.
task.over = nil

--- Starts one.
-- @param me
-- @param parent a task, or nil
function task.start(me, parent, ...)
  if parent then join(me, parent) end
  if depth >= DEEPEST then
    later(begin, me, { n = select("#", ...), ... })
  else
    go_on(me, ...)
  end
  return me
end

--- The task that runs now, or nil: whose child one is that is started now.
function task.current() return now[1] or nil end

local function abort_error(reason)
  local err = errors.coded("ABORT_ERR")
  err.cause = reason
  traced[err] = true -- whoever has cancelled it stands in it: that is what one looks for
  return err
end

local function check_self(self, call)
  if getmetatable(self) ~= Task then errors.throw("ERR_INVALID_THIS", call, self) end
end

local function deliver_interrupt(me)
  local err = me._interrupt
  if err and task.is_waiting(me) then
    me._interrupt = nil
    task.interrupt(me, err)
  end
end

--- Ends the task: the wait that it is in, or its next one, raises an AbortError. Nothing happens if it has ended.
-- @param[opt] reason the error's `cause`
-- @return the task
function Task:cancel(reason)
  check_self(self, "task:cancel(reason)")
  if self.state ~= "running" or self._abort and self._interrupt == self._abort then return self end
  local err = abort_error(reason)
  self._abort, self._interrupt = err, err
  if depth >= DEEPEST then
    later(deliver_interrupt, self)
  else
    deliver_interrupt(self)
  end
  return self
end

--- Has a function called, in a tick, when a task has ended.
function task.on_end(me, ending)
  me._awaited = true
  local endings = me._endings or {}
  me._endings = endings
  endings[#endings + 1] = ending
end

--- Takes it back.
function task.off_end(me, ending)
  local endings = me._endings
  if not endings then return end
  for i = #endings, 1, -1 do
    if endings[i] == ending then table.remove(endings, i) end
  end
  if #endings == 0 then me._endings, me._awaited = nil, nil end
end

-- It is called once, before the task's stream is destroyed.
local function call_captor(me)
  local captor = me._captor
  me._captor = nil
  if captor and me.state == "failed" then captor(me._error) end
end
task.call_captor = call_captor

--- Has a function told, in a tick, what a task raises: it comes out of `run` no more.
function task.capture(me, captor)
  me._captor, me._awaited = captor, true
  if me.state ~= "running" then
    later(call_captor, me)
  elseif me._stream == nil then
    -- For that of a handler, whose end is a matter of its stream, `over` does it.
    task.on_end(me, call_captor)
  end
end

--- What has become of a task that has ended: gives back what it gave, or raises what it raised.
function task.outcome(me)
  if me.state ~= "done" then raise(me._error) end
  local results = me._results
  if results then return unpack(results, 1, results.n) end
end

local function unwait_end(me, other) task.off_end(other, me) end

--- Waits for its end.
-- @return what its function has returned
-- @raise what that has raised; ERR_INVALID_STATE where one cannot wait
function Task:await()
  check_self(self, "task:await()")
  if self.state == "running" then
    local me = task.enter()
    if me == self then invalid("A task cannot wait for itself") end
    task.rest(me)
    task.on_end(self, me)
    task.wait(me, unwait_end, self)
  end
  self._awaited = true
  return task.outcome(self)
end

--- Lets it outlive the task that has started it.
-- @return the task
function Task:detach()
  check_self(self, "task:detach()")
  leave(self)
  return self
end

--- On Lua 5.4, `local task <close> = async.run(…)` cancels the task at the block's end.
function Task.__close(self) self:cancel() end

-- ---- pcall ----

local function passed_on(me, outer, co, ok, ...)
  if not ok or status(co) == "dead" then
    me._inner = outer
    return ok, ...
  end
  return passed_on(me, outer, co, resume(co, yield(...)))
end

-- Lua 5.1 cannot yield across pcall, so what is called runs on a coroutine of its own, and its yields are handed on.
local function pcall_in_coroutine(fn, ...)
  local me = now[1]
  if not me or (me._inner or me.co) ~= running() then return pcall(fn, ...) end
  if type(fn) ~= "function" then return pcall(fn, ...) end
  local outer, co = me._inner, create(fn)
  me._inner = co
  return passed_on(me, outer, co, resume(co, ...))
end

--- `pcall`, across which a task can wait on every Lua.
task.pcall = task.yields_across_pcall and pcall or pcall_in_coroutine

-- For those who would not load this for nothing: is it a task that asks?
ticks.tasks = task

return task
