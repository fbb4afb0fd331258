---@meta uvnet.child_process

---Other programs, and what is said to them: Node's `child_process`. A guide is `docs/processes.md`.
---
---```lua
---net.child_process.exec("echo hello", function(err, stdout)
---  print(err, stdout)
---end)
---```
---@class net.child_process
---@field ChildProcess net.ChildProcess The class of what `spawn` gives.
local children = {}

---Starts a program: `spawn(file[, args][, options])`. What cannot be started is told by `error`.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`, `ERR_UNKNOWN_SIGNAL`, `ERR_IPC_ONE_PIPE`, and
---a system error of `spawn` for what is no matter of the program (such as a `uid` that may not be taken).
---
---In Node.js: `child_process.spawn(command[, args][, options])`
---@param file string
---@param args? string[]
---@param options? net.SpawnOptions
---@return net.ChildProcess
function children.spawn(file, args, options) end

---Runs a Lua script with the interpreter that runs now, and a channel to it: `fork(script[, args][, options])`.
---
---Raises what `spawn` raises, and `ERR_CHILD_PROCESS_IPC_REQUIRED`.
---
---In Node.js: `child_process.fork(modulePath[, args][, options])`
---@param script string
---@param args? string[]
---@param options? net.ForkOptions
---@return net.ChildProcess
function children.fork(script, args, options) end

---Runs a program and gives back what it printed: `execFile(file[, args][, options][, callback])`.
---
---In Node.js: `child_process.execFile(file[, args][, options][, callback])`
---@param file string
---@param args? string[]
---@param options? net.ExecOptions
---@param callback? fun(err: net.Error?, stdout: string, stderr: string)
---@return net.ChildProcess
function children.execFile(file, args, options, callback) end

---Runs a command in a shell: `exec(command[, options][, callback])`. What is in the command is the shell's to read: never
---put there what somebody else has sent.
---
---In Node.js: `child_process.exec(command[, options][, callback])`
---@param command string
---@param options? net.ExecOptions
---@param callback? fun(err: net.Error?, stdout: string, stderr: string)
---@return net.ChildProcess
function children.exec(command, options, callback) end

---Options of `spawn`.
---@class net.SpawnOptions
---@field cwd? string where it runs
---@field env? table<string, string> its environment (default: that of this process)
---@field argv0? string what it sees as its own name
---@field stdio? string|table `"pipe"` (the default), `"ignore"`, `"inherit"`, or a list with one entry for each descriptor: those words, `"ipc"`, a descriptor, a stream
---@field detached? boolean in a session of its own (default false)
---@field uid? integer
---@field gid? integer
---@field serialization? "json"|"advanced" the form of messages (default: `"advanced"` if the program is a Lua, else `"json"`)
---@field maxMessage? integer bytes that a message may have (default 64 MiB)
---@field windowsHide? boolean no window on Windows
---@field windowsVerbatimArguments? boolean no quotes around arguments on Windows
---@field signal? net.AbortSignal ends it
---@field timeout? integer ms after which it is sent `killSignal`
---@field killSignal? string|integer (default `SIGTERM`)
---@field shell? boolean|string run it in a shell, or in this one

---Options of `fork`: those of `spawn` but `shell`, and these.
---@class net.ForkOptions: net.SpawnOptions
---@field execPath? string the program that runs the script
---@field execArgv? string[] its arguments before the script
---@field silent? boolean pipes for the standard streams (default false: they are this process's)

---Options of `execFile` and `exec`: those of `spawn` but `stdio`, `detached`, `serialization` and `maxMessage`, and
---these.
---@class net.ExecOptions: net.SpawnOptions
---@field maxBuffer? integer bytes of either output; more, and it is ended (default 1 MiB)
---@field encoding? string of what it prints (default: bytes as they are)

---A program that was started.
---
---Events:
---
---- **spawn** `()` It runs.
---- **exit** `(code: integer?, signal: string?)` It has ended; its streams may still have something.
---- **close** `(code: integer?, signal: string?)` It has ended, and so have its streams and its channel.
---- **error** `(err: net.Error)` It could not be started, or killed, or a message could not be sent or read.
---- **message** `(message: any, handle: any)` It has sent something.
---- **disconnect** `()` The channel is closed.
---- **internalMessage** `(message: table, handle: any)` A message of the protocol, whose `cmd` begins with `NODE_`.
---
---In Node.js: `Class: ChildProcess`
---@class net.ChildProcess: net.EventEmitter
---@field pid integer? Its number; nil if it could not be started.
---@field stdin net.Socket? What is written there it reads.
---@field stdout net.Socket? What it prints.
---@field stderr net.Socket? What it prints as errors.
---@field stdio table<integer, net.Socket> The pipes to its descriptors: 1 is that of descriptor 0.
---@field connected boolean Is there a channel to it?
---@field channel table? The channel; `ref` and `unref` say whether it keeps `net.run` running.
---@field killed boolean Has `kill` sent it a signal?
---@field exitCode integer? Its status, once it has ended by itself.
---@field signalCode string? The signal that has ended it.
---@field spawnfile string The program.
---@field spawnargs string[] Its arguments, with its own name first.
local ChildProcess = {}

---Called by the constructor.
function ChildProcess:initialize() end

---Sends it a signal.
---
---Raises `ERR_UNKNOWN_SIGNAL`.
---
---In Node.js: `subprocess.kill([signal])`
---@param signal? string|integer default `SIGTERM`; 0 only looks whether it is there
---@return boolean whether it got it
function ChildProcess:kill(signal) end

---Sends it a message: `send(message[, handle[, options]][, callback])`. A socket that is sent is closed here without
---`end`. One that has data which was read, or is still to be written, is not sent: the callback gets an Error
---(`ERR_INVALID_STATE`), and it stays. Of what could not go the callback may take care; without a callback the socket is
---closed.
---
---Raises an Error `DataCloneError` for what cannot be sent, `ERR_MISSING_ARGS`, `ERR_INVALID_HANDLE_TYPE`.
---
---In Node.js: `subprocess.send(message[, sendHandle[, options]][, callback])`
---@param ... any the message; a net.Socket or net.Server; `{ keepOpen = true }`: a socket stays open here, too; a function that gets an Error or nil
---@return boolean false: much waits to be written, better wait
function ChildProcess:send(...) end

---Closes the channel, once what was sent is out.
---
---In Node.js: `subprocess.disconnect()`
function ChildProcess:disconnect() end

---Has it keep `net.run` running (again), as it does from the start.
---
---In Node.js: `subprocess.ref()`
function ChildProcess:ref() end

---Has it keep `net.run` running no longer.
---
---In Node.js: `subprocess.unref()`
function ChildProcess:unref() end

return children
