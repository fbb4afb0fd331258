---@meta uvnet.server

---Listens on a TCP port, a unix socket or a Windows named pipe, and gives each connection a `net.Socket`.
---
---An EventEmitter; `net.createServer` makes one. While it is open it keeps `net.run()` running, unless `unref` was
---called. On Lua 5.4 `local server <close> = …` closes it at the end of the block. `print(server)` shows its state:
---`Server: 0x55d0c8a1 (listening on 127.0.0.1:8124, 2 connections)`.
---
---Events:
---
---- **listening** `()` It listens now: `address` is known.
---- **connection** `(socket: net.Socket)` A connection was made.
---- **drop** `(data: net.DropData)` A connection was dropped: there are `maxConnections` already, or its address is
---  in `blockList`, or the process has no descriptor for it; `reason` says which. Of a path
---  that is all.
---- **error** `(err: net.Error)` It cannot listen (`EADDRINUSE`, `EACCES`, …), or not accept. After a failed `listen`
---  it may be called again. Without a listener the error comes out of `net.run()`.
---- **close** `()` It has closed and its last connection has ended.
---
---In Node.js: `Class: net.Server`
---@class net.Server: net.EventEmitter
---@field listening boolean Is it listening? Read-only.
---@field maxConnections integer? How many connections may be open; more are dropped. nil, as it is at first, for no limit; 0 drops every one. What looks like a number counts as one.
---@field dropMaxConnection boolean In a worker of a cluster: is a connection that is one too many dropped, and not given to another worker?
---@field connections integer How many connections are open. Deprecated: use `getConnections`.
---@field blockList net.BlockList? Connections from its addresses are dropped. It can be set.
---@field allowHalfOpen boolean Do its sockets keep their writable side when the peer ends? From the options.
---@field pauseOnConnect boolean Are its sockets left unread until somebody resumes them? From the options.
---@field _handle userdata? Its handle while it listens, for `listen(handle)` of another server; its field `fd` is the file descriptor.
---@overload fun(options?: net.ServerOptions, connectionListener?: fun(socket: net.Socket)): net.Server
---@overload fun(connectionListener: fun(socket: net.Socket)): net.Server
local Server = {}

---Called by the constructor, `net.Server([options][, connectionListener])`; a subclass's calls it.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `new net.Server([options][, connectionListener])`
---@param options? net.ServerOptions
---@param connectionListener? fun(socket: net.Socket) is added for `connection`
function Server:initialize(options, connectionListener) end

---Starts listening, in one of these forms, each with a callback behind it:
---
---- `listen([port[, host[, backlog]]])`: TCP. Port 0, or none, is any that is free. Without a host it listens on all
---  addresses of IPv6 and IPv4.
---- `listen(path[, backlog])`: a unix socket, or a named pipe (`\\.\pipe\…`). A file that is there already is
---  `EADDRINUSE`.
---- `listen(options)`: the same by names.
---- `listen(handle[, backlog])`: what a server or socket holds, or `{ fd = n }`, a file descriptor that listens or is
---  bound.
---
---Emits `listening`, or `error`. Once `listening` was emitted, `address` is known.
---
---Raises `ERR_SERVER_ALREADY_LISTEN`, `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_ARG_VALUE`.
---
---In Node.js: `server.listen()`
---
---```lua
---local server = net.createServer()
---server:on("error", function(err) print(err.message) end)
---server:listen({ port = 0, host = "127.0.0.1", backlog = 100 }, function()
---  print(server:address().address)  --> 127.0.0.1
---  server:close()
---end)
---```
---@param options? net.ListenOptions|string|integer|net.Server|net.Socket|net.BoundSocket
---@param host? string
---@param backlog? integer how many connections may wait to be accepted; 511 if it is not given
---@param callback? fun() is added for `listening`, once
---@return self
---@overload fun(self: net.Server, callback?: fun()): net.Server
---@overload fun(self: net.Server, options: net.ListenOptions|string|integer|net.Server|net.Socket|net.BoundSocket, callback?: fun()): net.Server
---@overload fun(self: net.Server, port: integer, host: string, callback?: fun()): net.Server
---@overload fun(self: net.Server, where: string|integer|net.Server|net.Socket, backlog: integer, callback?: fun()): net.Server
function Server:listen(options, host, backlog, callback) end

---Ends in order: stops listening, emits `shutdown` on each of its sockets (a chance to say goodbye), waits for the
---connections to end, and destroys those that are left when the time is over.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---
---```lua
---local server = net.createServer(function(socket)
---  socket:on("shutdown", function() socket:finish("bye\n") end)
---end)
---server:listen(8124, "127.0.0.1", function()
---  local client = net.connect(8124, "127.0.0.1")
---  client:on("data", function(data)
---    io.write(data)
---  end)
---  server:once("connection", function()
---    server:shutdown({ grace = 1000 }, function(err, count) print(err, count.ended, count.destroyed) end)
---  end)
---end)  --> bye
-----> nil	1	0
---```
---@param options? { grace: number } ms that the connections have (default 10000)
---@param callback? fun(err: net.Error?, count: { ended: integer, destroyed: integer }) called once all are closed; with `ERR_SERVER_NOT_RUNNING` if the server was not open and had no connection
---@return self
---@overload fun(self: net.Server, callback: fun(err: net.Error?, count: { ended: integer, destroyed: integer })): net.Server
function Server:shutdown(options, callback) end

---Destroys all its connections.
---
---In Node.js the same is found in `http`.
---@return self
function Server:closeAllConnections() end

---Destroys the connections on which there has been no traffic for a time.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---@param ms number
---@return self
function Server:closeIdleConnections(ms) end

---`for socket in server:eachConnection() do`: its open connections, as they are now.
---@return fun(): net.Socket?
function Server:eachConnection() end

---Leaves new connections in the system's queue, until `resume`.
---@return self
function Server:pause() end

---Takes connections again.
---@return self
function Server:resume() end

---Stops accepting connections. Those that are open stay: `close` is emitted once all have ended, so end or destroy
---them to have it soon. The file of a unix socket is removed.
---
---In Node.js: `server.close([callback])`
---@param callback? fun(err: net.Error?) called at `close`; with `ERR_SERVER_NOT_RUNNING` if the server was not open
---@return self
function Server:close(callback) end

---The address that it listens on.
---
---In Node.js: `server.address()`
---@return net.Address|string|nil address the path, if it listens at one; nil while it does not listen
function Server:address() end

---How many connections are open.
---
---In Node.js: `server.getConnections(callback)`
---@param callback fun(err: nil, count: integer) called in the next tick
---@return self
function Server:getConnections(callback) end

---Has it keep `net.run()` running (again), as it does from the start.
---
---In Node.js: `server.ref()`
---@return self
function Server:ref() end

---Has it keep `net.run()` running no longer: that ends if nothing else is left.
---
---In Node.js: `server.unref()`
---@return self
function Server:unref() end

---Adds a listener. See the events above.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.on(eventName, listener)`
---@param event string
---@param listener function
---@return self
---@overload fun(self: net.Server, event: "listening", listener: fun()): net.Server
---@overload fun(self: net.Server, event: "connection", listener: fun(socket: net.Socket)): net.Server
---@overload fun(self: net.Server, event: "drop", listener: fun(data: net.DropData)): net.Server
---@overload fun(self: net.Server, event: "error", listener: fun(err: net.Error)): net.Server
---@overload fun(self: net.Server, event: "close", listener: fun()): net.Server
function Server:on(event, listener) end

---Adds a listener that is called once. See the events above.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.once(eventName, listener)`
---@param event string
---@param listener function
---@return self
---@overload fun(self: net.Server, event: "listening", listener: fun()): net.Server
---@overload fun(self: net.Server, event: "connection", listener: fun(socket: net.Socket)): net.Server
---@overload fun(self: net.Server, event: "drop", listener: fun(data: net.DropData)): net.Server
---@overload fun(self: net.Server, event: "error", listener: fun(err: net.Error)): net.Server
---@overload fun(self: net.Server, event: "close", listener: fun()): net.Server
function Server:once(event, listener) end

---Options of a server.
---@class net.ServerOptions
---@field allowHalfOpen? boolean do its sockets keep their writable side when the peer ends? (default false: they end, too)
---@field keepAliveInterval? number ms, with `keepAlive` (default 1000)
---@field keepAliveCount? integer with `keepAlive` (default 10)
---@field blockList? net.BlockList connections from its addresses are dropped
---@field pauseOnConnect? boolean are its sockets left unread until somebody resumes them? (default false)
---@field captureRejections? boolean does what the task of a `connection` listener raises destroy the connection? (default `net.events.captureRejections`)
---@field highWaterMark? integer bytes that each side of its sockets holds before it asks to wait (default 65536)
---@field noDelay? boolean as `socket:setNoDelay()` on each socket (default false)
---@field keepAlive? boolean as `socket:setKeepAlive(true)` on each socket (default false)
---@field keepAliveInitialDelay? number ms, with `keepAlive` (default 0: the system's)

---Where to listen: a `port`, a `path`, or an `fd`.
---@class net.ListenOptions
---@field signal? net.AbortSignal closes the server
---@field port? integer 0 is any port that is free
---@field host? string an address or a name; without it, all addresses of IPv6 and IPv4
---@field path? string of a unix socket or named pipe; ignored if there is a port
---@field fd? integer a file descriptor that listens already, or is bound
---@field backlog? integer how many connections may wait to be accepted (default 511)
---@field exclusive? boolean taken for Node's sake: there is no cluster that could share a port
---@field ipv6Only? boolean no IPv4 on `::` (default false)
---@field reusePort? boolean may others listen on the same port, so that the system shares out connections? Where the system cannot, `ENOTSUP` (default false)
---@field handle? net.BoundSocket what to listen on; it takes it over
---@field readableAll? boolean for a path: may every user read? (default false)
---@field writableAll? boolean for a path: may every user write, that is connect? (default false)

---An end of a TCP connection, or where a server listens.
---@class net.Address
---@field address string an IP address
---@field port integer
---@field family "IPv4"|"IPv6"

---The addresses of a connection that was dropped.
---@class net.DropData
---@field reason? "maxConnections"|"blockList"|"EMFILE" why it was dropped
---@field localAddress? string
---@field localPort? integer
---@field localFamily? "IPv4"|"IPv6"
---@field remoteAddress? string
---@field remotePort? integer
---@field remoteFamily? "IPv4"|"IPv6"
---@field reason? string

return Server
