---@meta uvnet.process

---This process: `net.process`. A guide is `docs/processes.md`.
---
---```lua
---net.process:on("SIGTERM", function()
---  print("asked to end")
---end)
---```
---
---Signals are events by their names: `SIGTERM`, `SIGHUP`, `SIGINT`, `SIGUSR2`, `SIGWINCH`, …; a listener gets the name and
---the number. While there is a listener for `SIGINT`, Ctrl-C does not raise. Listening for a signal keeps nothing running.
---
---Events:
---
---- **message** `(message: any, handle: any)` The parent has sent something.
---- **disconnect** `()` The channel to the parent is closed.
---- **beforeExit** `(code: integer)` `net.run` has nothing left to run for; what a listener begins now is run.
---- **exit** `(code: integer)` `net.run` comes back for want of work, or `exit` was called.
---- **resize** `()` Of `stdout` and `stderr` where they are a terminal: its size has changed.
---- **uncaughtException** `(err: any, origin: string, emitter: any)` A callback has raised an error. While somebody listens, `net.run` goes on; an interrupt comes out of it all the same. `emitter`: whose callback it was: the socket, the server, the timer; nil where it is nobody's.
---- **error** `(err: net.Error)` The channel cannot be read or written.
---- **internalMessage** `(message: table, handle: any)` A message of the protocol, whose `cmd` begins with `NODE_`.
---
---In Node.js: `process`
---@class net.Process: net.EventEmitter
---@field pid integer The number of this process.
---@field ppid integer The number of its parent.
---@field title string What the system shows of it. It can be set; on Linux that is the thread's name, of 15 bytes.
---@field execPath string The program that runs: the Lua interpreter.
---@field platform string Node's name of the system: `linux`, `darwin`, `win32`, …
---@field exitCode integer? What the process ends with if its program ends well. It can be set.
---@field connected boolean Is there a channel to a parent?
---@field channel table? The channel; `ref` and `unref` say whether it keeps `net.run` running.
---@field stdin net.Readable Standard input: a net.Socket of a pipe, a socket or a terminal, or a Readable of a file. Of a terminal it has `isTTY`, `isRaw` and `setRawMode`.
---@field stdout net.Writable Standard output; it is never closed. Of a terminal it has `isTTY`, `columns`, `rows` and the event `resize`.
---@field stderr net.Writable Standard error, likewise.
---@field send function? Sends the parent a message, as `net.ChildProcess:send` does; nil where there is no channel.
---@field disconnect function? Closes the channel, once what was sent is out; nil where there is none.
local process = {}

---Called by the constructor.
function process:initialize() end

---The directory that it works in. Called with a dot or a colon.
---
---In Node.js: `process.cwd()`
---@return string
function process.cwd() end

---Sends a signal to a process. Called with a dot or a colon: `kill(pid[, signal])`.
---
---Raises a system error of `kill`, `ERR_UNKNOWN_SIGNAL`, `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `process.kill(pid[, signal])`
---@param ... any the number of the process; the signal (default `SIGTERM`; 0 only looks whether it is there)
---@return true
function process.kill(...) end

---Ends the process: emits `exit`, closes the Lua state, and leaves.
---
---In Node.js: `process.exit([code])`
---@param code? integer default: `exitCode`, or 0
function process:exit(code) end

return process
