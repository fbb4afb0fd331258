---@meta uvnet.luasocket

---LuaSocket's interface over the loop, for client libraries that were written for LuaSocket: they run unmodified, many at
---once. `require("uvnet.luasocket")`; it is no part of `net`.
---
---Where LuaSocket blocks the process, this waits: in a task the others go on; where no loop runs, the loop runs until the
---answer is there. What fails is told as LuaSocket does: `nil` and a text. Two things are raised: `ERR_INVALID_STATE` where
---one cannot wait (a listener that is no task), and what ends a task's wait (`cancel`, `async.timeout`). See the guide
---`docs/luasocket.md`.
---
---```lua
---local socket = require("uvnet.luasocket")
---local async = require("net").async
---
---local server = socket.bind("127.0.0.1", 0)
---local _, port = server:getsockname()
---async.run(function()
---  local client = server:accept()
---  client:send("hello\n")
---  client:close()
---end)
---
---local client = socket.connect("127.0.0.1", port)
---print(client:receive())  --> hello
---local line, reason = client:receive()
---print(line, reason)       --> nil	closed
---client:close()
---server:close()
---```
---@class uvnet.luasocket
---@field _VERSION string Which LuaSocket it is like, and the version of uvnet.
---@field _DEBUG boolean Always false.
---@field _SETSIZE integer How many objects `select` takes: as many as there are.
---@field _SOCKETINVALID integer What `getfd` gives where there is no descriptor: -1.
---@field BLOCKSIZE integer How many bytes the sources of `source` ask for: 2048.
---@field dns table The functions `toip(host)`, `tohostname(address)`, `getaddrinfo(host)`, `getnameinfo(address, port)` and `gethostname()`.
---@field unix table LuaSocket's `socket.unix`: `unix()` and `unix.stream()` make an object whose `connect` and `bind` take a path.
---@field sinkt table The sinks by name: modules add theirs.
---@field sourcet table The sources by name.
local luasocket = {}

---Puts it in LuaSocket's place: `require("socket")`, `require("socket.core")` and `require("socket.unix")` give it from here
---on, also to modules such as `socket.http` that are loaded then. Those that were loaded before keep what they have.
---@return uvnet.luasocket
function luasocket.install() end

---Makes a TCP object: `connect` makes it a client, `bind` and `listen` a server.
---@return uvnet.luasocket.Tcp
function luasocket.tcp() end

---The same for IPv4 only.
---@return uvnet.luasocket.Tcp
function luasocket.tcp4() end

---The same for IPv6 only.
---@return uvnet.luasocket.Tcp
function luasocket.tcp6() end

---Connects, and waits until the connection stands.
---@param address string an IP address or a name
---@param port integer
---@param localAddress? string where to connect from
---@param localPort? integer
---@param family? "inet"|"inet6"|"unspec"
---@return uvnet.luasocket.Tcp? client
---@return string? reason why there is none
function luasocket.connect(address, port, localAddress, localPort, family) end

---The same over IPv4.
---@param address string
---@param port integer
---@param localAddress? string
---@param localPort? integer
---@return uvnet.luasocket.Tcp? client
---@return string? reason why there is none
function luasocket.connect4(address, port, localAddress, localPort) end

---The same over IPv6.
---@param address string
---@param port integer
---@param localAddress? string
---@param localPort? integer
---@return uvnet.luasocket.Tcp? client
---@return string? reason why there is none
function luasocket.connect6(address, port, localAddress, localPort) end

---Listens.
---@param address string an IP address or a name of this machine; `"*"` for all IPv4 addresses
---@param port integer 0: any that is free
---@param backlog? integer 32 if it is not given
---@return uvnet.luasocket.Tcp? server
---@return string? reason why there is none
function luasocket.bind(address, port, backlog) end

---Waits until an object can be received from, or sent to. Objects are those of this module, and whatever has a method
---`getfd` that gives the descriptor of one.
---@param to_receive? table a list of objects; of servers, those that can accept
---@param to_send? table
---@param timeout? number seconds; without it no matter how long
---@return table readable a list, and by object
---@return table writable
---@return string? reason `"timeout"` if there are none
function luasocket.select(to_receive, to_send, timeout) end

---Waits for a time.
---@param seconds number
function luasocket.sleep(seconds) end

---The time of day.
---@return number seconds since 1970, with fractions
function luasocket.gettime() end

---Gives back its arguments, or raises the second if the first is nil or false: for `protect`.
---@param ... any
---@return any ...
function luasocket.try(...) end

---Makes a `try`.
---@param finalizer? fun() called before it raises
---@return fun(...: any): ...: any
function luasocket.newtry(finalizer) end

---Makes a function that gives back nil and the reason where `try` has raised. One may wait in it on every Lua.
---@param fn fun(...: any): ...: any
---@return fun(...: any): ...: any
function luasocket.protect(fn) end

---Drops the first of its arguments.
---@param count integer
---@param ... any
---@return any ...
function luasocket.skip(count, ...) end

---Makes a function that chooses one of a table of functions by name.
---@param choices table
---@return fun(name: string?, ...: any): any
function luasocket.choose(choices) end

---Makes a sink of LTN12: `"close-when-done"` or `"keep-open"`.
---@param name? string
---@param client uvnet.luasocket.Tcp
---@return table
function luasocket.sink(name, client) end

---Makes a source of LTN12: `"by-length"` or `"until-closed"`.
---@param name? string
---@param client uvnet.luasocket.Tcp
---@param length? integer
---@return table
function luasocket.source(name, client, length) end

---A TCP object of LuaSocket's: a master, a client or a server. It is closed when it is collected, and keeps `net.run`
---running only while somebody waits for it.
---@class uvnet.luasocket.Tcp
local Tcp = {}

---Connects, and waits until the connection stands.
---@param address string an IP address or a name
---@param port integer
---@return integer? ok 1
---@return string? reason why not
function Tcp:connect(address, port) end

---The same as `connect`.
---@param address string
---@param port integer
---@return integer? ok 1
---@return string? reason why not
function Tcp:setpeername(address, port) end

---Sends, and waits until the system has taken all of it.
---@param data string
---@param i? integer the first byte
---@param j? integer the last
---@return integer? last the last byte that was sent
---@return string? reason `"closed"`, `"timeout"` or what else was in the way
---@return integer? last_then the last byte that was sent then
function Tcp:send(data, i, j) end

---Receives.
---@param pattern? "*l"|"*a"|integer a line without its newline and without carriage returns; everything up to the end; so
---many bytes
---@param prefix? string what the result begins with; it counts for a number of bytes
---@return string? data
---@return string? reason `"closed"`, `"timeout"` or what else was in the way
---@return string? partial what had come then, behind the prefix
function Tcp:receive(pattern, prefix) end

---Binds it to an address of this machine.
---@param address string an IP address or a name; `"*"` for all
---@param port integer 0: any that is free
---@return integer? ok 1
---@return string? reason why not
function Tcp:bind(address, port) end

---The same as `bind`.
---@param address string
---@param port integer
---@return integer? ok 1
---@return string? reason why not
function Tcp:setsockname(address, port) end

---Makes it a server.
---@param backlog? integer 32 if it is not given
---@return integer? ok 1
---@return string? reason why not
function Tcp:listen(backlog) end

---Waits for a connection.
---@return uvnet.luasocket.Tcp? client
---@return string? reason why there is none
function Tcp:accept() end

---Limits waiting.
---@param seconds? number nil or less than 0: no limit; 0: do not wait
---@param mode? "b"|"t"|"r" one wait (the default), or a call
---@return integer ok 1
function Tcp:settimeout(seconds, mode) end

---What `settimeout` has set; -1 for no limit.
---@return number block
---@return number total
function Tcp:gettimeout() end

---Sets an option: `keepalive`, `linger`, `reuseaddr`, `reuseport`, `tcp-nodelay`, `ipv6-v6only`.
---@param name string
---@param value any
---@return integer? ok 1
---@return string? reason why not
function Tcp:setoption(name, value) end

---What an option was set to.
---@param name string
---@return any value
function Tcp:getoption(name) end

---Is there something that has come and nobody has received?
---@return boolean
function Tcp:dirty() end

---How much has come and gone, and for how long there has been the object.
---@return integer received
---@return integer sent
---@return number age seconds
function Tcp:getstats() end

---Sets what `getstats` counts from.
---@param received? integer
---@param sent? integer
---@param age? number seconds
---@return integer ok 1
function Tcp:setstats(received, sent, age) end

---The other end.
---@return string? address
---@return integer|string port or why there is none
---@return string? family `"inet"` or `"inet6"`
function Tcp:getpeername() end

---Our end.
---@return string? address
---@return integer|string port or why there is none
---@return string? family `"inet"` or `"inet6"`
function Tcp:getsockname() end

---The family of its address.
---@return "inet4"|"inet6" family
function Tcp:getfamily() end

---The descriptor: to look at only. What could be read from it is read already.
---@return integer fd -1 if there is none
function Tcp:getfd() end

---Raises an error: the descriptor is the loop's, and cannot be set.
function Tcp:setfd() end

---Ends one side of the connection, or both.
---@param how? "both"|"send"|"receive"
---@return integer ok 1
function Tcp:shutdown(how) end

---Closes it. Twice is as good as once.
---@return integer ok 1
function Tcp:close() end

return luasocket
