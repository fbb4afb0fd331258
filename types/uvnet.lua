---@meta uvnet

---Node.js's `net` for Lua: servers and sockets over TCP, unix sockets and Windows named pipes.
---
---`require("net")` and `require("uvnet")` give this table. Nothing happens before `net.run()`, which runs the event
---loop until nothing is left to wait for.
---
---```lua
---local net = require("net")
---
---local server = net.createServer(function(socket)
---  socket:finish("goodbye\n")
---end)
---server:listen(0, "127.0.0.1", function()
---  local client = net.connect(server:address().port, "127.0.0.1")
---  client:on("data", io.write)                      --> goodbye
---  client:on("close", function() server:close() end)
---end)
---net.run()
---```
---@class net
---@field Server net.Server The class of servers.
---@field Socket net.Socket The class of connections.
---@field Stream net.Socket The old name of `Socket`.
---@field events net.EventEmitter Emitters of events, as Node's `events`.
---@field stream net.stream Streams, as Node's `stream`: a socket is a Duplex.
---@field timers net.timers Timers, as Node's `timers`, with `nextTick`.
---@field dns net.dns Looking up host names.
---@field process net.Process This process: its signals, its channel to a parent, its standard streams.
---@field child_process net.child_process Other programs, and what is said to them.
---@field cluster net.cluster Several processes that serve one port.
---@field errors net.Error The class of all errors that uvnet makes.
---@field BlockList net.BlockList The class of lists of blocked addresses.
---@field SocketAddress net.SocketAddress The class of addresses with a port.
---@field async net.async Waiting in coroutines.
---@field AbortController net.AbortController The class of what aborts a signal.
---@field AbortSignal net.AbortSignal The class of signals: the option `signal` of what takes long.
---@field BoundSocket net.BoundSocket The class of sockets that are bound, for a server or a socket to take over.
---@field strict boolean true: whatever takes a table of options, in all of uvnet, raises `ERR_INVALID_ARG_VALUE` for one that it does not know, and names the near one. It can be set (default false). A class of yours with options of its own names them: see `knownOptions` of classes.
---@field _VERSION string Name and version of this module, such as `uvnet 0.1.0`.
local net = {}

---Makes a server. It listens once its `listen` is called.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `net.createServer([options][, connectionListener])`
---@param options? net.ServerOptions
---@param connectionListener? fun(socket: net.Socket) is added for `connection`
---@return net.Server
---@overload fun(connectionListener?: fun(socket: net.Socket)): net.Server
function net.createServer(options, connectionListener) end

---Makes a socket and connects it: to a TCP port, or with a string that is no number to the path of a unix socket or
---named pipe. All options of `net.Socket` and of its `connect` are taken, and `timeout`.
---
---The socket comes back at once: what is written to it is sent once the connection stands. If there never is one,
---`error` and `close` are emitted.
---
---Raises `ERR_MISSING_ARGS`, `ERR_INVALID_ARG_TYPE`, `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_IP_ADDRESS`.
---
---In Node.js: `net.createConnection(options[, connectListener])`
---
---```lua
---local client = net.createConnection({ path = "/tmp/nobody is here", timeout = 1000 })
---client:on("error", function(err) print(err.code) end)  --> ENOENT
---```
---@param options net.ConnectionOptions|string|integer options, a path, or a port
---@param host? string with a port; `"localhost"` if it is not given
---@param connectListener? fun() is added for `connect`, once
---@return net.Socket
---@overload fun(options: net.ConnectionOptions|string|integer, connectListener?: fun()): net.Socket
function net.createConnection(options, host, connectListener) end

---The same as `createConnection`.
---
---In Node.js: `net.connect(options[, connectListener])`
---@param options net.ConnectionOptions|string|integer options, a path, or a port
---@param host? string with a port; `"localhost"` if it is not given
---@param connectListener? fun() is added for `connect`, once
---@return net.Socket
---@overload fun(options: net.ConnectionOptions|string|integer, connectListener?: fun()): net.Socket
function net.connect(options, host, connectListener) end

---Is this an IP address?
---
---In Node.js: `net.isIP(input)`
---
---```lua
---print(net.isIP("::1"), net.isIP("127.0.0.1"), net.isIP("127.000.000.001"))  --> 6	4	0
---```
---@param input any
---@return integer version 4, 6, or 0 for anything that is none
function net.isIP(input) end

---Is this an IPv4 address in its dotted form, without leading zeros?
---
---In Node.js: `net.isIPv4(input)`
---@param input any
---@return boolean
function net.isIPv4(input) end

---Is this an IPv6 address?
---
---In Node.js: `net.isIPv6(input)`
---@param input any
---@return boolean
function net.isIPv6(input) end

---What `autoSelectFamily` of `connect` is, where it is not given: true from the start.
---
---In Node.js: `net.getDefaultAutoSelectFamily()`
---@return boolean|"parallel"
function net.getDefaultAutoSelectFamily() end

---Sets what `autoSelectFamily` of `connect` is, where it is not given. Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `net.setDefaultAutoSelectFamily(value)`
---@param value boolean|"parallel"
function net.setDefaultAutoSelectFamily(value) end

---What `autoSelectFamilyAttemptTimeout` of `connect` is, where it is not given: 500 ms from the start.
---
---In Node.js: `net.getDefaultAutoSelectFamilyAttemptTimeout()`
---@return integer ms
function net.getDefaultAutoSelectFamilyAttemptTimeout() end

---Sets what `autoSelectFamilyAttemptTimeout` of `connect` is, where it is not given. Raises `ERR_INVALID_ARG_TYPE`,
---`ERR_OUT_OF_RANGE`.
---
---In Node.js: `net.setDefaultAutoSelectFamilyAttemptTimeout(value)`
---@param value integer ms; less than 10 is 10
function net.setDefaultAutoSelectFamilyAttemptTimeout(value) end

---Runs the event loop: until nothing active is left (`"default"`), for one turn that waits for something to happen
---(`"once"`), or for one turn that does not wait (`"nowait"`).
---
---What a callback raises comes out of here: a string with the callback's traceback behind it, anything else as it is.
---No handle is harmed by that: call `run` again and it goes on. If several callbacks of one turn raise, each call
---raises one of the errors, in order.
---
---Raises `ERR_INVALID_ARG_VALUE`, `ERR_LOOP_RUNNING` within a callback, and what callbacks raise.
---
---```lua
---net.timers.setTimeout(function() error({ code = "MINE" }) end, 1)
---local ok, err = pcall(net.run)
---print(ok, err.code)  --> false	MINE
---print(net.run())     --> false
---```
---@param mode? "default"|"once"|"nowait"
---@return boolean active true while something active is left
function net.run(mode) end

---Makes the running `run` return once the current turn is done. Without one it does nothing.
function net.stop() end

---The descriptor that can be read when something happens, on systems where the loop has one (epoll, kqueue). With
---`backendTimeout` it is how another loop waits for this one; then `net.run("nowait")`.
---@return integer fd -1 where there is none
function net.backendFd() end

---How long the loop may wait for something to happen.
---@return integer ms 0: there is something to do; -1: as long as nothing happens
function net.backendTimeout() end

---The options of `net.createConnection`: those of the socket, those of its `connect`, and a time-out.
---@class net.ConnectionOptions: net.SocketOptions, net.ConnectOptions
---@field timeout? number ms without traffic until `timeout` is emitted; counts from before the connection stands

return net
