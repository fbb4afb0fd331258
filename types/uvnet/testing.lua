---@meta uvnet.testing

---Helpers for specs of programs that use the network, with busted or any runner that calls functions and catches what
---they raise. `require("uvnet.testing")`; it is no part of `net`.
---
---Every wait has a time limit, and what is raised in a callback fails the test. What is no emitter, no function or no
---time raises `ERR_INVALID_ARG_TYPE` at the call. See the guide `docs/testing.md`.
---
---```lua
---local testing = require("uvnet.testing")
---
---local client, peer = testing.pair()
---client:write("hello")
---print(testing.wait(peer, "data"))  --> hello
---client:destroy()
---peer:destroy()
---testing.check()                    -- raises if something is left open
---```
---@class uvnet.testing
---@field timeout integer How many ms a wait may take where no other time is given: 5000.
local testing = {}

---Makes a test function of one that finishes later.
---
---The function gets `done`, is called, and then the loop runs until `done` has been called: `done()` is success,
---`done(err)` raises `err`. What a callback raises fails the test, as do the time limit, and a loop in which nothing
---is left to happen before `done` was called.
---@param fn fun(done: fun(err: any))
---@param ms? integer time limit; `testing.timeout` if it is not given
---@return fun() test for `it`
function testing.async(fn, ms) end

---Makes a test function of one that runs as a task: straight-line code, in which everything that waits, `testing.wait`
---and the others too, lets the rest go on. What it raises fails the test, as do the time limit and what others raise.
---@param fn function
---@param ms? integer time limit; `testing.timeout` if it is not given
---@return fun() test for `it`
function testing.task(fn, ms) end

---Runs the loop until an emitter emits an event. A socket's `close`, `end` and `finish`, its `connect` and `ready`
---while it is connected, a server's `listening` while it listens, and its `close` while it is not open, may have come
---before: then it returns at once. Nothing else is remembered, `data` for one.
---
---Raises what callbacks raise, an `error` event that nobody listens for among it; a message when the time is over, or
---when nothing is left to happen that could emit the event.
---@param emitter net.EventEmitter a socket, a server, …
---@param event any
---@param ms? integer time limit
---@return any ... what the event's listeners get
function testing.wait(emitter, event, ms) end

---Waits until a stream has brought so many bytes, or a text, in however many pieces, and gives back what has come up to
---there. What comes behind it stays in the stream.
---
---Raises what has broken the stream; a message when the time is over or the stream ends before, with what has come.
---
---```lua
---local testing = require("uvnet.testing")
---local client, peer = testing.pair()
---peer:write("one")
---peer:write("two three")
---print(testing.collect(client, 5), testing.collect(client, "three"))  --> onetw	o three
---client:destroy()
---peer:destroy()
---```
---@param stream net.Readable a socket, …
---@param what integer|string how many bytes; or a text of up to 256 bytes
---@param ms? integer time limit
---@return string data with the text
function testing.collect(stream, what, ms) end

---Runs the loop until a function says that it is enough: it is asked after each turn.
---
---Raises what callbacks raise; a message when the time is over, or when nothing is left to happen and the condition
---is still not true.
---@param condition? fun(): any without it the loop runs until nothing is left to happen
---@param ms? integer time limit
function testing.run(condition, ms) end

---A path for a unix socket, short enough for every system. No file is there.
---@return string
function testing.tmpPath() end

---A TCP port that is free at the moment.
---@return integer
function testing.freePort() end

---Two connected sockets. Runs the loop, so it is not for callbacks. The server that accepted closes once its side is
---closed.
---@param options? net.PairOptions
---@return net.Socket client
---@return net.Socket peer the server's side
function testing.pair(options) end

---Remembers from now on where each socket and server is made, so that `check` can say so.
function testing.track() end

---Ends what `track` began.
function testing.untrack() end

---Raises a message that names the sockets and servers that are still open, where each was made if `track` is on, and
---other things for which the loop would go on running: timeouts, immediates, lookups. What is open is closed, so that
---the next test begins anew. For `after_each`.
function testing.check() end

---Checks after each test of a `describe` that nothing was left open: `testing.leakCheck(before_each, after_each)`.
---@param before_each function busted's
---@param after_each function busted's
function testing.leakCheck(before_each, after_each) end

---Options of `pair`: those of the sockets go to both sides.
---@class net.PairOptions: net.SocketOptions
---@field ipc? boolean a unix socket instead of TCP on 127.0.0.1? (default false)
---@field client? table options of the client alone
---@field server? table options of the server alone, such as `pauseOnConnect`

return testing
