---@meta uvnet.socket

---A TCP connection, or a connection over a unix socket or Windows named pipe. A Duplex, and so an EventEmitter.
---
---`net.connect` makes one for a client, a server's `connection` event brings one. On Lua 5.4
---`local socket <close> = …` destroys it at the end of the block. `print(socket)` shows its ends, or its state:
---`Socket: 0x55d0c8a1 (127.0.0.1:50122 -> 127.0.0.1:8124)`, with `<-` on the server's side.
---
---**Read, or nothing ends.** While nobody reads, `end` and `close` do not come, even if the peer has long gone, and a
---server that closes waits for it. If the data is of no interest, call `resume()`.
---
---Events:
---
---- **lookup** `(err: net.Error?, address: string?, family: 4|6|nil, host: string)` A host's name was looked up: once
---  for each address. Not for IP addresses.
---- **connectionAttempt** `(address: string, port: integer, family: 4|6)` One of several addresses is tried.
---- **connectionAttemptFailed** `(address: string, port: integer, family: 4|6, err: net.Error)` It was in vain.
---- **connectionAttemptTimeout** `(address: string, port: integer, family: 4|6)` It took too long, and the next one
---  is tried.
---- **connect** `()` The connection stands.
---- **ready** `()` Directly after `connect`.
---- **data** `(data: string)` Bytes came; with `setEncoding`, text. Listening for it starts the reading.
---- **readable** `()` Something can be taken by `read`, or the end has come. Listening for it stops `data` from
---  flowing.
---- **pause** `()` `pause` was called.
---- **resume** `()` The data flows again.
---- **drain** `()` What waited to be written has gone: write on, if `write` returned false.
---- **timeout** `()` There was no traffic for the time of `setTimeout`. The connection stays: end it yourself.
---- **shutdown** `()` The server that has accepted it is to end: a chance to say goodbye. See `server:shutdown`.
---- **end** `()` The peer has ended its side and all was read. Unless `allowHalfOpen` is true, our side ends then, too.
---- **finish** `()` Our side has ended: all is written, and FIN is sent.
---- **pipe** `(source: net.Readable)` A readable stream is piped into it.
---- **unpipe** `(source: net.Readable)` And no longer is.
---- **error** `(err: net.Error)` Something failed: `ECONNREFUSED`, `ECONNRESET`, `EPIPE`, … `close` follows. Without
---  a listener the error comes out of `net.run()`.
---- **close** `(hadError: boolean)` It is over, and its handle is closed.
---
---In Node.js: `Class: net.Socket`
---@class net.Socket: net.Duplex
---@field allowHalfOpen boolean Does the writable side stay open when the peer has ended?
---@field bufferSize integer Bytes that wait to be written. Deprecated: use `writableLength`.
---@field bytesRead integer Bytes that came. Read-only.
---@field bytesWritten integer Bytes that were written, those that still wait included. Read-only.
---@field connecting boolean True from `connect` until the connection stands or has failed. Read-only.
---@field localAddress string? Our IP address. Read-only, as all addresses are; nil for IPC, and while there is no connection.
---@field localPort integer? Our port.
---@field localFamily "IPv4"|"IPv6"|nil Of our address.
---@field remoteAddress string? The peer's IP address.
---@field remotePort integer? The peer's port.
---@field remoteFamily "IPv4"|"IPv6"|nil Of the peer's address.
---@field pending boolean Is there no connection yet? Read-only.
---@field readyState "opening"|"open"|"readOnly"|"writeOnly"|"closed" How far it is. Read-only.
---@field timeout number? ms, as set by `setTimeout`.
---@field server net.Server? The server that accepted it, while it is open.
---@field blockList net.BlockList? Addresses that it does not connect to. It can be set.
---@field autoSelectFamilyAttemptedAddresses string[]? What `connect` has tried, as `address:port`, if there were several addresses.
---@field _handle userdata? Its handle while there is one; its field `fd` is the file descriptor.
---@overload fun(options?: net.SocketOptions|integer): net.Socket
local Socket = {}

---Called by the constructor, `net.Socket([options])`; a subclass's calls it.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`, `ERR_INVALID_FD_TYPE`, and a system
---error of `open`.
---
---In Node.js: `new net.Socket([options])`
---@param options? net.SocketOptions|integer a number is the `fd`
function Socket:initialize(options) end

---Connects: to a TCP port, or to the path of a unix socket or named pipe. After a socket was closed it may be
---connected again.
---
---A host's name is looked up, and its addresses are tried in turn, IPv6 and IPv4 by turns, until one answers.
---
---Raises `ERR_MISSING_ARGS`, `ERR_INVALID_ARG_TYPE`, `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_IP_ADDRESS`,
---`ERR_OUT_OF_RANGE`.
---
---In Node.js: `socket.connect()`
---@param options net.ConnectOptions|string|integer options, a path, or a port
---@param host? string with a port; `"localhost"` if it is not given
---@param connectListener? fun() is added for `connect`, once
---@return self
---@overload fun(self: net.Socket, options: net.ConnectOptions|string|integer, connectListener?: fun()): net.Socket
function Socket:connect(options, host, connectListener) end

---Sends data. What the system does not take at once waits in memory: mind what it returns.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_UNKNOWN_ENCODING`. After `finish` there is an `error` event,
---`ERR_STREAM_WRITE_AFTER_END` or `EPIPE`.
---
---In Node.js: `socket.write(data[, encoding][, callback])`
---@param data string|string[] bytes, or a list of strings that is sent in one go
---@param encoding? net.Encoding what text is turned into, or the form of the digits; `"utf8"`, the bytes as they are
---@param callback? fun(err: net.Error?) called when the data is written out
---@return boolean more false: better wait for `drain` before you write on
---@overload fun(self: net.Socket, data: string|string[], callback?: fun(err: net.Error?)): boolean
function Socket:write(data, encoding, callback) end

---Half-closes the socket: writes what is left, then sends FIN. The peer may go on sending. It is Node's `end`, a
---reserved word in Lua; `socket["end"]` is there too.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `socket.end([data][, encoding])`
---@param data? string|string[] to be sent first
---@param encoding? net.Encoding
---@param callback? fun(err: net.Error?) called when all is sent
---@return self
---@overload fun(self: net.Socket, data: string|string[], callback?: fun(err: net.Error?)): net.Socket
---@overload fun(self: net.Socket, callback: fun(err: net.Error?)): net.Socket
function Socket:finish(data, encoding, callback) end

---Ends the connection at once: what waits is not written. `close` follows, and before it `error` if there is a reason.
---
---In Node.js: `socket.destroy([exception])`
---@param err? any the reason, for `error`
---@return self
function Socket:destroy(err) end

---Ends the writable side, and destroys the socket once all is written.
---
---In Node.js: `socket.destroySoon()`
function Socket:destroySoon() end

---Ends a TCP connection with RST instead of FIN. While it is still being made, once it stands.
---
---Raises `ERR_INVALID_HANDLE_TYPE` for IPC.
---
---In Node.js: `socket.resetAndDestroy()`
---@return self
function Socket:resetAndDestroy() end

---Stops reading: no more `data` until `resume`. The peer is slowed down, once the system's buffers are full.
---
---In Node.js: `socket.pause()`
---@return self
function Socket:pause() end

---Reads on after `pause`. It also starts the reading where nobody listens for `data`, which is dropped then.
---
---In Node.js: `socket.resume()`
---@return self
function Socket:resume() end

---Has `data` come as text in an encoding: a character is never cut in two. With `hex` and `base64` it comes as digits.
---
---Raises `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `socket.setEncoding([encoding])`
---@param encoding? net.Encoding `"utf8"` if it is not given
---@return self
function Socket:setEncoding(encoding) end

---Has `timeout` emitted when there was no traffic for a time. It does not end the connection.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---
---In Node.js: `socket.setTimeout(timeout[, callback])`
---@param timeout number ms; 0 for none
---@param options? { read?: boolean }|fun() `read`: counts only what the peer sends, not what is written to it. Or the callback
---@param callback? fun() is added for `timeout`, once
---@return self
function Socket:setTimeout(timeout, options, callback) end

---Has the socket destroyed after a time, with an error `ERR_TIMEOUT`, whatever traffic there is until then.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---@param deadline number ms from now; 0 takes it away
---@return self
function Socket:setDeadline(deadline) end

---Turns Nagle's algorithm off, or on again: off, small writes are sent at once.
---
---In Node.js: `socket.setNoDelay([noDelay])`
---@param noDelay? boolean true if it is not given
---@return self
function Socket:setNoDelay(noDelay) end

---Has the system probe an idle connection, and so find out that the peer has vanished.
---
---In Node.js: `socket.setKeepAlive()`
---@param enable? boolean false if it is not given
---@param initialDelay? number ms before the first probe, in whole seconds; 0 leaves the system's value
---@param interval? number ms between probes, in whole seconds (default 1000); 0 leaves the system's value
---@param count? integer how many probes without an answer end the connection (default 10); 0 leaves the system's value
---@return self
---@overload fun(self: net.Socket, options: net.KeepAliveOptions): net.Socket
function Socket:setKeepAlive(enable, initialDelay, interval, count) end

---Sets the type of service of what is sent, or of IPv6 its traffic class. Before the connection stands it is noted for
---then. The system may leave out some of the bits.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`, and what the system refuses.
---
---In Node.js: `socket.setTypeOfService(tos)`
---@param tos integer from 0 to 255
---@return self
function Socket:setTypeOfService(tos) end

---The type of service of what is sent, or of IPv6 the traffic class; before the connection stands, what it will be.
---
---In Node.js: `socket.getTypeOfService()`
---@return integer
function Socket:getTypeOfService() end

---Our end of the connection.
---
---In Node.js: `socket.address()`
---@return net.Address|{} address an empty table for IPC, and where there is no connection
function Socket:address() end

---Has an open socket keep `net.run()` running (again), as it does from the start.
---
---In Node.js: `socket.ref()`
---@return self
function Socket:ref() end

---Has an open socket keep `net.run()` running no longer.
---
---In Node.js: `socket.unref()`
---@return self
function Socket:unref() end

---Adds a listener. See the events above.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.on(eventName, listener)`
---@param event string
---@param listener function
---@return self
---@overload fun(self: net.Socket, event: "lookup", listener: fun(err: net.Error?, address: string?, family: 4|6|nil, host: string)): net.Socket
---@overload fun(self: net.Socket, event: "connectionAttempt", listener: fun(address: string, port: integer, family: 4|6)): net.Socket
---@overload fun(self: net.Socket, event: "connectionAttemptFailed", listener: fun(address: string, port: integer, family: 4|6, err: net.Error)): net.Socket
---@overload fun(self: net.Socket, event: "connectionAttemptTimeout", listener: fun(address: string, port: integer, family: 4|6)): net.Socket
---@overload fun(self: net.Socket, event: "connect", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "ready", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "data", listener: fun(data: string)): net.Socket
---@overload fun(self: net.Socket, event: "readable", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "pause", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "resume", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "drain", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "timeout", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "shutdown", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "end", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "finish", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "pipe", listener: fun(source: net.Readable)): net.Socket
---@overload fun(self: net.Socket, event: "unpipe", listener: fun(source: net.Readable)): net.Socket
---@overload fun(self: net.Socket, event: "error", listener: fun(err: net.Error)): net.Socket
---@overload fun(self: net.Socket, event: "close", listener: fun(hadError: boolean)): net.Socket
function Socket:on(event, listener) end

---Adds a listener that is called once. See the events above.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.once(eventName, listener)`
---@param event string
---@param listener function
---@return self
---@overload fun(self: net.Socket, event: "lookup", listener: fun(err: net.Error?, address: string?, family: 4|6|nil, host: string)): net.Socket
---@overload fun(self: net.Socket, event: "connectionAttempt", listener: fun(address: string, port: integer, family: 4|6)): net.Socket
---@overload fun(self: net.Socket, event: "connectionAttemptFailed", listener: fun(address: string, port: integer, family: 4|6, err: net.Error)): net.Socket
---@overload fun(self: net.Socket, event: "connectionAttemptTimeout", listener: fun(address: string, port: integer, family: 4|6)): net.Socket
---@overload fun(self: net.Socket, event: "connect", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "ready", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "data", listener: fun(data: string)): net.Socket
---@overload fun(self: net.Socket, event: "readable", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "pause", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "resume", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "drain", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "timeout", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "shutdown", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "end", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "finish", listener: fun()): net.Socket
---@overload fun(self: net.Socket, event: "pipe", listener: fun(source: net.Readable)): net.Socket
---@overload fun(self: net.Socket, event: "unpipe", listener: fun(source: net.Readable)): net.Socket
---@overload fun(self: net.Socket, event: "error", listener: fun(err: net.Error)): net.Socket
---@overload fun(self: net.Socket, event: "close", listener: fun(hadError: boolean)): net.Socket
function Socket:once(event, listener) end

---Encodings of `write`, `finish` and `setEncoding`. Text in Lua is UTF-8: `latin1` stands for its code points up to
---255 as bytes, `utf16le` for its characters as 16-bit units, the others for digits.
---@alias net.Encoding "utf8"|"utf-8"|"ascii"|"latin1"|"binary"|"hex"|"base64"|"base64url"|"ucs2"|"ucs-2"|"utf16le"|"utf-16le"

---Options of a socket.
---@class net.SocketOptions
---@field fd? integer wraps a TCP socket, unix socket or pipe that is open already
---@field allowHalfOpen? boolean does the writable side stay open when the peer ends? (default false: it ends, too)
---@field readable? boolean with `fd`: whether to read (default true)
---@field writable? boolean with `fd`: whether to write (default true)
---@field captureRejections? boolean does what the task of a listener raises destroy it? (default `net.events.captureRejections`)
---@field highWaterMark? integer bytes that each side holds before it asks to wait (default 65536)
---@field noDelay? boolean as `setNoDelay` (default false)
---@field keepAlive? boolean as `setKeepAlive` (default false)
---@field keepAliveInitialDelay? number ms, with `keepAlive` (default 0: the system's)
---@field keepAliveInterval? number ms, with `keepAlive` (default 1000)
---@field keepAliveCount? integer with `keepAlive` (default 10)
---@field typeOfService? integer as `setTypeOfService`
---@field onread? (fun(data: string): boolean?)|{ callback: fun(data: string): boolean? } gets what is read, past the stream: there is no `data` then; false stops reading until `resume`
---@field handle? net.BoundSocket where it is to connect from; it takes it over
---@field blockList? net.BlockList addresses that are not connected to: `ERR_IP_BLOCKED`
---@field signal? net.AbortSignal destroys the socket with an `AbortError`

---What `setKeepAlive` takes in one.
---@class net.KeepAliveOptions
---@field enable? boolean (default false)
---@field initialDelay? number ms (default 0: the system's)
---@field interval? number ms (default 1000)
---@field count? integer (default 10)

---Where to connect to: a `port`, or a `path`.
---@class net.ConnectOptions
---@field port? integer of TCP
---@field host? string an address or a name (default `"localhost"`)
---@field path? string of a unix socket or named pipe; the others are ignored then
---@field localAddress? string an IP address to connect from
---@field localPort? integer a port to connect from
---@field family? 0|4|6 only addresses of this family; otherwise all are tried in turn
---@field hints? integer of `dns.lookup`
---@field lookup? fun(host: string, options: net.LookupOptions, callback: fun(err: any, address: string|net.LookupAddress[]|nil, family: 4|6|nil)) in the place of `dns.lookup`
---@field autoSelectFamily? boolean|"parallel" false: only the first address is tried; true: one after the other; `"parallel"`: beside each other, as RFC 8305 has it (default `net.getDefaultAutoSelectFamily()`)
---@field autoSelectFamilyAttemptTimeout? integer ms until the next address is tried, at least 10 (default `net.getDefaultAutoSelectFamilyAttemptTimeout()`, 250 for `"parallel"`)
---@field connectTimeout? number ms that all of it may take, looking up included; then `ERR_SOCKET_CONNECTION_TIMEOUT` (default 0: as long as it likes)
---@field signal? net.AbortSignal destroys the socket with an `AbortError`

return Socket
