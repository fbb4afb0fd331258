---@meta uvnet.errors

---Errors, with Node's names, codes and messages: `net.errors` is the class.
---
---What you do wrong is raised at the call, what the world refuses is an `error` event or a callback's first argument.
---Either is such a table. `tostring` gives what Node's `err.toString()` gives. Lua adds no place to a table: of an
---error that nobody catches, `lua` shows the message alone, and Lua 5.1 only `(error object is not a string)`. So
---catch them where the program begins, and show `traceback`:
---
---```lua
---local function main()
---  net.connect(99999)
---  net.run()
---end
---
---local ok, err = pcall(main)
---print(ok, err.code)                          --> false	ERR_SOCKET_BAD_PORT
---print((err.traceback:match("stack traceback:")))  --> stack traceback:
---```
---
---```lua
---local ok, err = pcall(net.connect, { port = -1 })
---print(ok, err.name, err.code)          --> false	RangeError	ERR_SOCKET_BAD_PORT
---print(err)                             --> RangeError [ERR_SOCKET_BAD_PORT]: Port should be >= 0 and < 65536. Received type number (-1).
---print(net.errors:isInstance(err))      --> true
---```
---
---In Node.js: `Class: Error`
---@class net.Error: net.Class
---@field name string `Error`, `TypeError`, `RangeError`, `AggregateError`, `AbortError`, ….
---@field message string What went wrong, in a sentence.
---@field code string? Such as `ECONNREFUSED` of the system, or `ERR_SOCKET_CLOSED` of uvnet: ask this, not the message.
---@field errno integer? libuv's number of a system error: negative.
---@field syscall string? What the system refused: `connect`, `listen`, `read`, …
---@field address string? The IP address or path of it.
---@field port integer? The port of it.
---@field hostname string? The name that was not found.
---@field errors net.Error[]? Of an AggregateError: one for each address that was tried.
---@field traceback string Where it was made; of an error that is raised at a call, from that call on.
---@field Error net.Error The class itself. Of the class.
---@field TypeError net.Error The class of wrong types. Of the class.
---@field RangeError net.Error The class of numbers out of range. Of the class.
---@field AggregateError net.Error The class of several errors in one. Of the class.
---@field AbortError net.Error The class of what a signal has ended: `code` is `ABORT_ERR`, `cause` the signal's reason. Of the class.
---@field cause any? What led to it: the reason of the signal.
---@field partial? string What had come of a message that the stream did not bring to its end.
---@field emitter? any Whose callback raised it: the socket whose handler it comes from.
---@overload fun(message?: any, fields?: table): net.Error
local Error = {}

---Called by the constructor, `net.errors(message[, fields])`: an Error of your own.
---
---```lua
---local err = net.errors("too late", { code = "ELATE" })
---print(err, err.code)  --> Error: too late	ELATE
---```
---@param message? any is made a string
---@param fields? table is copied into it: `code`, `name`, …
function Error:initialize(message, fields) end

---What `tostring` gives.
---@return string
function Error:toString() end

---Makes one of Node's coded errors. Of the class.
---@param code string such as `ERR_SOCKET_CLOSED`
---@param ... any what its message takes
---@return net.Error
function Error.coded(code, ...) end

---Raises one of Node's coded errors. Of the class.
---@param code string
---@param ... any what its message takes
function Error.throw(code, ...) end

---Makes the Error for what the system refused: "connect ECONNREFUSED 127.0.0.1:9". Of the class.
---@param syscall string such as `connect`
---@param code string such as `ECONNREFUSED`
---@param errno integer libuv's number, negative
---@param detail? string libuv's sentence, where Node's message has it
---@param address? string an IP address or a path
---@param port? integer
---@param suffix? string what follows the address
---@return net.Error
function Error.system(syscall, code, errno, detail, address, port, suffix) end

---How messages show a value that should have been another: `type string ('x')`. Of the class.
---@param value any
---@return string
function Error.received(value) end

---Shows a value as Node's `util.inspect` shows a plain one. Of the class.
---@param value any
---@return string
function Error.inspect(value) end

return Error
