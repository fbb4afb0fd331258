---@meta uvnet.async

---Waiting in coroutines: a *task* is a coroutine that the loop resumes.
---
---What waits can be used in a task and, where no loop runs, in the main program, which then runs the loop until the answer
---is there. In a callback that is no task, and in a coroutine of somebody else, it raises `ERR_INVALID_STATE`. A wait that is
---broken off leaves nothing behind: no timer, no listener, and no byte is lost.
---
---```lua
---local async = net.async
---
---local server = net.createServer(async.wrap(function(socket)
---  local line = socket:readLine()
---  while line do
---    socket:writeAll(line:upper() .. "\n")
---    line = socket:readLine()
---  end
---end))
---server:listen(8124, "127.0.0.1")
---async.once(server, "listening")
---
---local client = async.connect(8124, "127.0.0.1")
---client:writeAll("hello\n")
---print(client:readLine())  --> HELLO
---client:destroy()
---server:close()
---```
---@class net.async
local async = {}

---Starts a task, at once: it runs until it waits. A task that is started within another is its child: if that is cancelled,
---or was a handler made by `wrap` that ends, the child is cancelled, too. What a task raises and nobody awaits comes out of
---`net.run`.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---@param fn fun(...: any): ...: any
---@param ... any what it gets
---@return net.Task
function async.run(fn, ...) end

---Starts a task that is nobody's child; or makes one of a task that runs.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---@param fn net.Task|fun(...: any): ...: any
---@param ... any what the function gets
---@return net.Task
function async.detach(fn, ...) end

---Makes a listener of a function that waits: each call runs it as a task.
---
---If its first argument is a stream, a server's new connection say, the task has charge of it: it is finished when the
---function returns. What the peer or the network can cause on it and the function does not catch (reset, cut off, timed out,
---a message that is too long) ends the function and closes the stream, and nobody else hears of it. Anything else that it
---raises destroys the stream and comes out of `net.run`.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---@param fn fun(...: any)
---@return fun(...: any): net.Task
function async.wrap(fn) end

---Waits for a time.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`, `ERR_INVALID_STATE`.
---@param ms number
function async.sleep(ms) end

---Calls a function. What waits within raises an Error with the code `ERR_TIMEOUT` once the time is over. Of timeouts within
---each other, the nearest end counts. It costs one timer for the task, not one for each wait.
---
---Raises what the function raises; `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`, `ERR_INVALID_STATE`.
---
---```lua
---print(net.async.pcall(net.async.timeout, 10, net.async.sleep, 10000))  --> false	Error [ERR_TIMEOUT]: The operation timed out
---```
---@param ms number
---@param fn fun(...: any): ...: any
---@param ... any what the function gets
---@return any ... what the function returns
function async.timeout(ms, fn, ...) end

---Waits for all of them. The first that raises ends the wait, and the others are cancelled.
---
---Raises what one of them has raised; `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_STATE`.
---@param tasks (net.Task|fun(): any)[] functions among them are started as tasks
---@return table results the first value of each, in the order of the tasks, with their number in `n`
function async.all(tasks) end

---Waits for the first that ends; the others are cancelled.
---
---Raises what it has raised; `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_INVALID_STATE`.
---@param tasks (net.Task|fun(): ...: any)[] one at least; functions among them are started as tasks
---@return any ... what it gives back
function async.race(tasks) end

---Makes a queue, by which tasks hand each other values.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---@param limit? integer how many values it holds; without it, as many as there are
---@return net.Queue
function async.queue(limit) end

---Makes a lock, for what only one task is to do at a time across its waits.
---@return net.Lock
function async.lock() end

---Waits for an event.
---
---Raises an `error` event that comes first; `ERR_INVALID_ARG_TYPE`, `ERR_MISSING_ARGS`, `ERR_INVALID_STATE`.
---
---In Node.js: `events.once(emitter, name[, options])`
---@param emitter net.EventEmitter
---@param event any its name
---@return any ... what the event's listeners get
function async.once(emitter, event) end

---Connects, and waits until the connection stands: takes what `net.connect` takes, but for a listener.
---
---Raises why it does not stand, `ERR_INVALID_STATE`, and what `net.connect` raises.
---@param options net.ConnectionOptions|string|integer options, a path, or a port
---@param host? string with a port; `"localhost"` if it is not given
---@return net.Socket
function async.connect(options, host) end

---Waits for the next connection of a server. Those that came while nobody listened for `connection` come first; from
---the first call on, connections wait for `accept`.
---
---Raises `ERR_INVALID_STATE`, also while another task waits for one; `ERR_INVALID_ARG_TYPE`.
---@param server net.Server
---@return net.Socket? socket nil once the server is closed
function async.accept(server) end

---`for socket in async.connections(server) do`: the connections of a server, one by one, until it is closed. Lua 5.1 cannot
---wait in the iterator of a `for` within a task: there call `accept` in a `while` loop.
---
---Raises as `accept` does.
---@param server net.Server
---@return fun(): net.Socket?
function async.connections(server) end

---Waits for the address of a host.
---
---Raises why there is none; `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_INVALID_STATE`.
---@param hostname string
---@param options? net.LookupOptions|integer
---@return string|table address with `all`, a list of `{ address = …, family = … }`
---@return integer? family 4 or 6
function async.lookup(hostname, options) end

---Has something done whatever comes. `finally(cleanup)`: when the task that runs ends, the last one first; it may wait.
---`finally(fn, cleanup, ...)`: calls `fn`, and the other when that has returned or raised.
---
---Raises what they raise; `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_STATE` for `finally(cleanup)` outside of a task.
---@param fn fun(...: any): ...: any
---@param cleanup? fun()
---@param ... any what `fn` gets
---@return any ... what `fn` returns
function async.finally(fn, cleanup, ...) end

---`pcall`, across which a task can wait on every Lua: it is `pcall` itself but on Lua 5.1, which cannot.
---@param fn fun(...: any): ...: any
---@param ... any
---@return boolean ok
---@return any ...
function async.pcall(fn, ...) end

---A function that runs as a coroutine: `async.run`. On Lua 5.4, `local task <close> = async.run(…)` cancels it at the block's
---end.
---@class net.Task
---@field state "running"|"done"|"failed"|"cancelled" Read-only.
local Task = {}

---Waits for its end.
---
---Raises what its function has raised; `ERR_INVALID_STATE` where one cannot wait.
---@return any ... what its function has returned
function Task:await() end

---Ends it: the wait that it is in, or its next one, raises an `AbortError`. Its `<close>` variables and what `async.finally`
---has are done. Nothing happens if it has ended.
---@param reason? any the error's `cause`
---@return self
function Task:cancel(reason) end

---Lets it outlive the task that has started it.
---@return self
function Task:detach() end

---Values on their way from task to task: `async.queue`.
---@class net.Queue: net.Class
---@field length integer How many values there are.
---@field limit number How many it holds.
---@field closed boolean Was `close` called?
local Queue = {}

---Puts a value behind the others; waits while the queue is full.
---
---Raises `ERR_INVALID_STATE` if the queue is closed, or where one cannot wait and would have to; `ERR_INVALID_ARG_VALUE` for nil.
---@param value any
function Queue:put(value) end

---Takes the first value; waits while there is none.
---
---Raises `ERR_INVALID_STATE` where one cannot wait and would have to.
---@return any value nil once the queue is closed and empty
function Queue:take() end

---Ends it: nothing more can be put; what is there can still be taken.
function Queue:close() end

---What one task has at a time: `async.lock`.
---@class net.Lock: net.Class
---@field locked boolean Has somebody got it?
local Lock = {}

---Waits until it is free, and takes it: who came first gets it first. On Lua 5.4, `local held <close> = lock:acquire()` gives it
---back at the block's end.
---
---Raises `ERR_INVALID_STATE` where one cannot wait and would have to.
---@return net.Held
function Lock:acquire() end

---Gives it back: the next one who waits has it.
---
---Raises `ERR_INVALID_STATE` if nobody holds it.
function Lock:release() end

---Calls a function while the lock is held.
---
---Raises what the function raises; `ERR_INVALID_STATE`.
---@param fn fun(...: any): ...: any
---@param ... any what it gets
---@return any ... what it returns
function Lock:with(fn, ...) end

---A lock that somebody holds, and gives back.
---@class net.Held
local Held = {}

---Gives the lock back; twice is as good as once.
function Held:release() end

return async
