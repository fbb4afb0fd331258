---@meta uvnet.stream

---Streams, as Node's `stream`. `net.Socket` is a Duplex, and pipes to and from any of them.
---
---A stream is made by a subclass that has `_read`, `_write`, `_transform`, …, or by options with functions of these
---names without the underscore, which get the stream first.
---
---```lua
---local stream = net.stream
---
---local upper = stream.Transform({
---  transform = function(self, chunk, encoding, callback) callback(nil, chunk:upper()) end,
---})
---upper:on("data", print)  --> HELLO
---upper:finish("hello")
---```
---@class net.stream
---@field Readable net.Readable What data is read from.
---@field Writable net.Writable What data is written to.
---@field Duplex net.Duplex Both.
---@field Transform net.Transform A Duplex whose output is made of its input.
---@field PassThrough net.PassThrough One that changes nothing.
---@field Stream net.EventEmitter What streams were before they had sides: an emitter with `stream:pipe(destination, options)`, for those who emit `data`, `end` and `close` by themselves.
local stream = {}

---Pipes each stream into the next, and sees to it that they end together: when one fails, or closes before its time,
---the others are destroyed.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_MISSING_ARGS`.
---
---In Node.js: `stream.pipeline(source[, ...transforms], destination, callback)`
---
---```lua
---local source = net.stream.PassThrough()
---local sink = net.stream.Writable({ write = function(self, chunk, encoding, callback) io.write(chunk) callback() end })
---net.stream.pipeline(source, net.stream.PassThrough(), sink, function(err) print(err) end)
---source:finish("all of it: ")  --> all of it: nil
---```
---@param source net.Readable
---@param ... any the other streams; maybe a table with `signal`, or `["end"] = false` to leave the last one open; and a callback that is called once, with an error or nil, when all is over. The first may be what `Readable.from` takes, the others functions as of `Duplex.from`; what the last one returns is the callback's second argument
---@return net.Writable last the last stream
function stream.pipeline(source, ...) end

---Calls back once, when a stream has ended, finished, failed, or was closed before its time
---(`ERR_STREAM_PREMATURE_CLOSE`).
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `stream.finished(stream[, options], callback)`
---@param stream net.Readable|net.Writable
---@param options? net.FinishedOptions
---@param callback fun(err: net.Error?)
---@return fun() cleanup takes all listeners away again: then the callback is not called any more
---@overload fun(stream: net.Readable|net.Writable, callback: fun(err: net.Error?)): fun()
function stream.finished(stream, options, callback) end

---How much a stream made from now on holds before it asks to wait: 65536 bytes, or 16 objects.
---
---In Node.js: `stream.getDefaultHighWaterMark(objectMode)`
---@param objectMode? boolean of a stream of objects
---@return integer
function stream.getDefaultHighWaterMark(objectMode) end

---Sets how much a stream made from now on holds before it asks to wait.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---
---In Node.js: `stream.setDefaultHighWaterMark(objectMode, value)`
---@param objectMode boolean of streams of objects
---@param value integer bytes, or objects
function stream.setDefaultHighWaterMark(objectMode, value) end

---Makes two Duplex streams: what is written to one is read from the other.
---
---In Node.js: `stream.duplexPair([options])`
---
---```lua
---local ours, theirs = net.stream.duplexPair()
---theirs:on("data", print)  --> hello
---ours:finish("hello")
---```
---@param options? net.DuplexOptions
---@return net.Duplex one
---@return net.Duplex other
function stream.duplexPair(options) end

---Destroys a stream with an `AbortError` when a signal is aborted.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `stream.addAbortSignal(signal, stream)`
---@param signal net.AbortSignal
---@param stream any
---@return any stream
function stream.addAbortSignal(signal, stream) end

---Makes a Duplex of several streams: what is written goes into the first, what comes out of the last is read.
---
---Raises `ERR_MISSING_ARGS`, `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`.
---
---In Node.js: `stream.compose(...streams)`
---@param ... any streams, functions as of `Duplex.from`, and as the first what `Readable.from` takes
---@return net.Duplex
function stream.compose(...) end

---Destroys a stream, or what merely is like one.
---@param stream any
---@param err? any the reason; without one it is an `AbortError`, unless the stream is over
function stream.destroy(stream, err) end

---May something be read from it?
---
---In Node.js: `stream.isReadable(stream)`
---@param stream any
---@return boolean? nil for what is no Readable
function stream.isReadable(stream) end

---May something be written to it?
---
---In Node.js: `stream.isWritable(stream)`
---@param stream any
---@return boolean? nil for what is no Writable
function stream.isWritable(stream) end

---Has it failed?
---
---In Node.js: `stream.isErrored(stream)`
---@param stream any
---@return boolean
function stream.isErrored(stream) end

---Has something been read from it, or was it given up before its end?
---
---In Node.js: `stream.Readable.isDisturbed(stream)`
---@param stream any
---@return boolean
function stream.isDisturbed(stream) end

---Was it destroyed?
---
---In Node.js: `stream.isDestroyed(stream)`
---@param stream any
---@return boolean? nil for what is no stream
function stream.isDestroyed(stream) end

---Which ends `finished` waits for.
---@class net.FinishedOptions
---@field readable? boolean the readable side's? (default true)
---@field writable? boolean the writable side's? (default true)
---@field error? boolean listen for `error`? (default true)
---@field signal? net.AbortSignal ends the wait, with an `AbortError`

---What data is pushed into, and read from. `_read(size)` is called while there is room, and calls `push`.
---
---Data goes to `data` listeners as it comes (flowing), or waits for `read`.
---
---Events:
---
---- **data** `(chunk: any)` Listening for it starts the flow.
---- **readable** `()` Something can be taken by `read`, or the end has come. Listening for it stops the flow.
---- **end** `()` All was read.
---- **pause** `()` `pause` was called.
---- **resume** `()` The data flows again.
---- **error** `(err: any)` Something failed.
---- **close** `()` It is over.
---
---In Node.js: `Class: stream.Readable`
---@class net.Readable: net.EventEmitter
---@field readable boolean May something still come? Read-only, as all of these.
---@field readableAborted boolean Was it destroyed or did it fail before its end?
---@field readableDidRead boolean Has data been taken out?
---@field readableEncoding string? Set by `setEncoding`.
---@field readableEnded boolean Was `end` emitted?
---@field readableFlowing boolean? nil while nobody has decided.
---@field readableHighWaterMark integer Bytes, or objects, that it holds before it stops asking for more.
---@field readableLength integer Bytes, or objects, that wait to be read.
---@field readableObjectMode boolean Is it a stream of objects?
---@field destroyed boolean Was it destroyed?
---@field closed boolean Was `close` emitted?
---@field errored any The error that it ended with.
---@overload fun(options?: net.ReadableOptions): net.Readable
local Readable = {}

---Called by the constructor; a subclass's calls it.
---
---Raises `ERR_INVALID_ARG_VALUE`, `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `new stream.Readable([options])`
---@param options? net.ReadableOptions
function Readable:initialize(options) end

---Puts a chunk into the stream, for whoever reads it.
---
---Raises `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `readable.push(chunk[, encoding])`
---@param chunk any bytes, or any value in object mode; nil is the end
---@param encoding? net.Encoding of a text
---@return boolean more false if no more should be pushed until `_read` is called
function Readable:push(chunk, encoding) end

---Puts a chunk that was read back in front of the others.
---
---Raises `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `readable.unshift(chunk[, encoding])`
---@param chunk any
---@param encoding? net.Encoding of a text
---@return boolean
function Readable:unshift(chunk, encoding) end

---Takes out data that is there.
---
---Raises `ERR_OUT_OF_RANGE`.
---
---In Node.js: `readable.read([size])`
---@param size? integer exactly that many bytes or, at the end, the rest; without it, all there is
---@return any chunk nil if there is less
function Readable:read(size) end

---Stops the flow.
---
---In Node.js: `readable.pause()`
---@return self
function Readable:pause() end

---Lets data flow. It has no effect while `readable` has listeners.
---
---In Node.js: `readable.resume()`
---@return self
function Readable:resume() end

---Was the flow stopped?
---
---In Node.js: `readable.isPaused()`
---@return boolean
function Readable:isPaused() end

---Sends all data into a Writable, as fast as that takes it, and ends it at the end.
---
---In Node.js: `readable.pipe(destination[, options])`
---@generic T: net.Writable
---@param destination T
---@param options? table `{ ["end"] = false }`: the destination is not ended
---@return T destination so that pipes can be chained
function Readable:pipe(destination, options) end

---Takes a destination off the pipe, or all of them.
---
---In Node.js: `readable.unpipe([destination])`
---@param destination? net.Writable
---@return self
function Readable:unpipe(destination) end

---Has data come as text from now on.
---
---Raises `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `readable.setEncoding(encoding)`
---@param encoding? net.Encoding `"utf8"` if it is not given
---@return self
function Readable:setEncoding(encoding) end

---Ends the stream at once: no more data. `error`, if there is a reason, and `close` follow.
---
---In Node.js: `readable.destroy([error])`
---@param err? any the reason
---@return self
function Readable:destroy(err) end

---Waits for the next bytes: gives back what has come, at least one. Of a stream of objects, the next one.
---
---This and the methods below wait: in a task (`net.async`), or where no loop runs in the main program. They take from the
---stream's own buffer, and nothing before all of a message is there; what they leave is what `data` listeners, `read` and
---`pipe` get next.
---
---Raises what has broken the connection; `ERR_INVALID_STATE` where one cannot wait, or while another task reads;
---`ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---@param max? integer bytes
---@return string? data nil at the end
function Readable:readSome(max) end

---Waits for so many bytes.
---
---Raises what `readSome` raises, and `ERR_STREAM_PREMATURE_CLOSE` if the stream ends in between: what has come is then in
---`err.partial`.
---@param n integer
---@return string? data exactly n bytes; nil at the end, if there was none before it
function Readable:readExactly(n) end

---Waits for a line.
---
---Raises what `readSome` raises, and `ERR_FRAME_TOO_LONG`: then nothing is read.
---@param options? net.FramingOptions
---@return string? line without its `\n` or `\r\n`, the last one also without a newline; nil at the end
function Readable:readLine(options) end

---Waits for what ends with a delimiter.
---
---Raises what `readExactly` raises, and `ERR_FRAME_TOO_LONG`: then nothing is read; `ERR_INVALID_ARG_VALUE`.
---@param delimiter string 1 to 256 bytes
---@param options? net.FramingOptions
---@return string? data the bytes before the delimiter, which is taken away; nil at the end
function Readable:readUntil(delimiter, options) end

---Waits for what follows its length.
---
---Raises what `readExactly` raises, and `ERR_FRAME_TOO_LONG`: then nothing is read; `ERR_INVALID_ARG_VALUE`.
---@param format net.LengthFormat of the length
---@param options? net.FramingOptions
---@return string? data what follows the length; nil at the end
function Readable:readFrame(format, options) end

---Waits for the end.
---
---Raises what `readSome` raises, and `ERR_FRAME_TOO_LONG`: then nothing is read.
---@param options? net.FramingOptions
---@return string data everything up to the end
function Readable:readAll(options) end

---`for line in stream:lines() do`: line by line, up to the end. Lua 5.1 cannot wait in the iterator of a `for` within a
---task: there call `readLine` in a `while` loop.
---
---Raises what `readLine` raises.
---@param options? net.FramingOptions
---@return fun(): string? next
function Readable:lines(options) end

---`for chunk in stream:chunks() do`: what comes, up to the end. On Lua 5.1 as `lines`.
---
---Raises what `readSome` raises.
---@return fun(): string? next
function Readable:chunks() end

---`for chunk in stream:iterator() do`: as `chunks`, but the stream is destroyed when the loop is left: on Lua 5.4 and
---later; before, by `close()` of what is given back. With `{ destroyOnReturn = false }` it is kept.
---
---Raises `ERR_INVALID_ARG_TYPE`, and what `chunks` raises.
---
---In Node.js: `readable.iterator([options])`
---@param options? { destroyOnReturn: boolean? }
---@return fun(): any
function Readable:iterator(options) end

---Calls a listener with each message: framing without waiting, for who writes listeners. The stream flows, and `pause`
---holds back the rest. A message that is too long, or that the end cuts off, destroys the stream with an error.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`, `ERR_OUT_OF_RANGE`.
---
---```lua
---local source = net.stream.PassThrough()
---source:frames("line", function(line) print(line) end)
---source:write("one\ntw")
---source:finish("o\r\nthree")  --> one
-----> two
-----> three
---```
---@param format net.LengthFormat|"line"|{ delimiter: string }
---@param options? net.FramingOptions
---@param listener fun(message: string)
---@return fun() stop ends it: what no message was made of yet is the stream's again
---@overload fun(self: net.Readable, format: net.LengthFormat|"line"|{ delimiter: string }, listener: fun(message: string)): fun()
function Readable:frames(format, options, listener) end

---Waits for `close`.
---
---Raises the error that the stream was closed with; `ERR_INVALID_STATE` where one cannot wait.
function Readable:finished() end

---How a length is written before a message: how many bits, and the most or the least of them first.
---@alias net.LengthFormat "u8"|"u16be"|"u16le"|"u32be"|"u32le"|"u64be"|"u64le"

---Bounds of what waits for a message.
---@class net.FramingOptions
---@field limit? integer bytes that the message may have (default 65536 for lines and delimiters, else 16777216)

---Makes a Readable of what can be gone through: a list, a function that returns the next value and nil at the end, or a
---coroutine, which yields them. A string is one chunk.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `stream.Readable.from(iterable[, options])`
---
---```lua
---net.stream.Readable.from({ "one", "two" }):on("data", print)  --> one
---                                                              --> two
---```
---@param iterable any
---@param options? net.ReadableOptions `objectMode` is true and `highWaterMark` 1 unless they are given
---@return net.Readable
function Readable.from(iterable, options) end

---Reads what an old stream gives, which only emits `data`, `end`, `error` and `close`, and has perhaps `pause` and
---`resume`: `Readable(options):wrap(stream)`. Called on the class, `Readable.wrap(stream[, options])`, it makes the Readable.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `readable.wrap(stream)`
---@param stream any
---@return net.Readable
function Readable:wrap(stream) end

---Makes a Duplex of this stream and another: what is written is what this one gets, what the other gives is read.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_ARG_VALUE`.
---
---In Node.js: `readable.compose(stream[, options])`
---@param stream any a stream, or a function as of `Duplex.from`
---@param options? net.SignalOptions
---@return net.Duplex
function Readable:compose(stream, options) end

---Another Readable, of what a function makes of each chunk. In object mode.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `readable.map(fn[, options])`
---@param fn fun(chunk: any, given: { signal: net.AbortSignal }): any
---@param options? net.SignalOptions
---@return net.Readable
function Readable:map(fn, options) end

---Another Readable, of those chunks for which a function returns true. In object mode.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `readable.filter(fn[, options])`
---@param fn fun(chunk: any, given: { signal: net.AbortSignal }): any
---@param options? net.SignalOptions
---@return net.Readable
function Readable:filter(fn, options) end

---Another Readable, of all the values in the lists, iterators, coroutines or streams that a function makes of the
---chunks. In object mode.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `readable.flatMap(fn[, options])`
---@param fn fun(chunk: any, given: { signal: net.AbortSignal }): any[]|function|thread|net.Readable
---@param options? net.SignalOptions
---@return net.Readable
function Readable:flatMap(fn, options) end

---Another Readable, of the first chunks. This one is destroyed when they are there.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---
---In Node.js: `readable.take(limit[, options])`
---@param limit integer
---@param options? net.SignalOptions
---@return net.Readable
function Readable:take(limit, options) end

---Another Readable, without the first chunks.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---
---In Node.js: `readable.drop(limit[, options])`
---@param limit integer
---@param options? net.SignalOptions
---@return net.Readable
function Readable:drop(limit, options) end

---Gathers all chunks. The answer goes to the callback, or without one to the task that waits for it.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_STATE` where nobody can wait.
---
---In Node.js: `readable.toArray([options])`
---@param options? net.SignalOptions
---@param callback? fun(err: any, value: any)
---@return any[] list in a task
function Readable:toArray(options, callback) end

---Calls a function with each chunk. The answer goes to the callback, or without one to the task that waits for it.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_STATE` where nobody can wait.
---
---In Node.js: `readable.forEach(fn[, options])`
---@param fn fun(chunk: any, given: { signal: net.AbortSignal })
---@param options? net.SignalOptions
---@param callback? fun(err: any, value: any)
function Readable:forEach(fn, options, callback) end

---Calls a function with what it returned before, and each chunk; without an initial value the first chunk is that. The answer goes to the callback, or without one to the task that waits for it.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_STATE` where nobody can wait, `ERR_MISSING_ARGS` for neither a chunk nor an initial value.
---
---In Node.js: `readable.reduce(fn[, initial[, options]])`
---@param fn fun(previous: any, chunk: any, given: { signal: net.AbortSignal }): any
---@param initial? any
---@param options? net.SignalOptions
---@param callback? fun(err: any, value: any)
---@return any value in a task
function Readable:reduce(fn, initial, options, callback) end

---Is there a chunk for which a function returns true? The answer goes to the callback, or without one to the task that waits for it.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_STATE` where nobody can wait.
---
---In Node.js: `readable.some(fn[, options])`
---@param fn fun(chunk: any, given: { signal: net.AbortSignal }): any
---@param options? net.SignalOptions
---@param callback? fun(err: any, value: any)
---@return boolean answer in a task
function Readable:some(fn, options, callback) end

---Does a function return true for each chunk? The answer goes to the callback, or without one to the task that waits for it.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_STATE` where nobody can wait.
---
---In Node.js: `readable.every(fn[, options])`
---@param fn fun(chunk: any, given: { signal: net.AbortSignal }): any
---@param options? net.SignalOptions
---@param callback? fun(err: any, value: any)
---@return boolean answer in a task
function Readable:every(fn, options, callback) end

---The first chunk for which a function returns true. The answer goes to the callback, or without one to the task that waits for it.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_INVALID_STATE` where nobody can wait.
---
---In Node.js: `readable.find(fn[, options])`
---@param fn fun(chunk: any, given: { signal: net.AbortSignal }): any
---@param options? net.SignalOptions
---@param callback? fun(err: any, value: any)
---@return any chunk in a task
function Readable:find(fn, options, callback) end

---Options with nothing but a signal.
---@class net.SignalOptions
---@field signal? net.AbortSignal ends it with an `AbortError`

---Options of a Readable.
---@class net.ReadableOptions
---@field highWaterMark? integer bytes, or objects (default 65536, or 16)
---@field objectMode? boolean is it a stream of any values but nil? (default false)
---@field encoding? net.Encoding as `setEncoding`
---@field emitClose? boolean is `close` emitted? (default true)
---@field captureRejections? boolean does what the task of a listener raises destroy it? (default `net.events.captureRejections`)
---@field autoDestroy? boolean is it destroyed at its end? (default true)
---@field signal? net.AbortSignal destroys it, with an `AbortError`
---@field read? fun(self: net.Readable, size: integer) in the place of `_read`
---@field destroy? fun(self: net.Readable, err: any, callback: fun(err: any)) in the place of `_destroy`
---@field construct? fun(self: net.Readable, callback: fun(err: any)) in the place of `_construct`

---What data is written to. `_write(chunk, encoding, callback)` gets it, chunk after chunk.
---
---Events:
---
---- **drain** `()` What waited has gone: write on, if `write` returned false.
---- **finish** `()` `finish` was called, and all is written.
---- **pipe** `(source: net.Readable)` A Readable is piped into it.
---- **unpipe** `(source: net.Readable)` And no longer is.
---- **error** `(err: any)` Something failed.
---- **close** `()` It is over.
---
---In Node.js: `Class: stream.Writable`
---@class net.Writable: net.EventEmitter
---@field writable boolean May it be written to? Read-only, as all of these.
---@field writableAborted boolean Was it destroyed or did it fail before it finished?
---@field writableCorked integer How many `uncork` it needs.
---@field writableEnded boolean Was `finish` called?
---@field writableFinished boolean Was `finish` emitted?
---@field writableHighWaterMark integer Bytes, or objects, from which on `write` returns false.
---@field writableLength integer Bytes, or objects, that wait to be written.
---@field writableNeedDrain boolean Does somebody wait for `drain`?
---@field writableObjectMode boolean Is it a stream of objects?
---@field destroyed boolean Was it destroyed?
---@field closed boolean Was `close` emitted?
---@field errored any The error that it ended with.
---@overload fun(options?: net.WritableOptions): net.Writable
local Writable = {}

---Called by the constructor; a subclass's calls it.
---
---Raises `ERR_INVALID_ARG_VALUE`, `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `new stream.Writable([options])`
---@param options? net.WritableOptions
function Writable:initialize(options) end

---Writes a chunk.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_STREAM_NULL_VALUES`, `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `writable.write(chunk[, encoding][, callback])`
---@param chunk any bytes, or a list of strings that is written in one go; in object mode, any value but nil
---@param encoding? net.Encoding what the text is turned into
---@param callback? fun(err: net.Error?) called when the chunk has been written
---@return boolean more false if it would be better to wait for `drain` before writing on
---@overload fun(self: net.Writable, chunk: any, callback?: fun(err: net.Error?)): boolean
function Writable:write(chunk, encoding, callback) end

---Ends the stream: what waits is still written, then `finish` is emitted. It is Node's `end`, a reserved word in Lua;
---`stream["end"]` is there too.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `writable.end([chunk[, encoding]][, callback])`
---@param chunk? any to be written first
---@param encoding? net.Encoding
---@param callback? fun(err: net.Error?) called when all has been written
---@return self
---@overload fun(self: net.Writable, chunk: any, callback?: fun(err: net.Error?)): net.Writable
---@overload fun(self: net.Writable, callback: fun(err: net.Error?)): net.Writable
function Writable:finish(chunk, encoding, callback) end

---The same as `finish`, under Node's name.
---@param chunk? any to be written first
---@param encoding? net.Encoding
---@param callback? fun(err: net.Error?)
---@return self
Writable["end"] = function(self, chunk, encoding, callback) end

---Has all that is written from now on wait until `uncork`, or `finish`. Counts: each needs its `uncork`.
---
---In Node.js: `writable.cork()`
function Writable:cork() end

---Undoes one `cork`; the last one writes what waits.
---
---In Node.js: `writable.uncork()`
function Writable:uncork() end

---Sets the encoding of text that is written without one.
---
---Raises `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `writable.setDefaultEncoding(encoding)`
---@param encoding net.Encoding
---@return self
function Writable:setDefaultEncoding(encoding) end

---Reports an error, `ERR_STREAM_CANNOT_PIPE`: a Writable has no data to pipe.
function Writable:pipe() end

---Ends the stream at once: what waits is not written. `error`, if there is a reason, and `close` follow.
---
---In Node.js: `writable.destroy([error])`
---@param err? any the reason
---@return self
function Writable:destroy(err) end

---Writes, and waits while the buffer is above its mark.
---
---Raises what breaks the connection, or has broken it; `ERR_INVALID_STATE` where one cannot wait, or while another task
---writes; `ERR_INVALID_ARG_TYPE`, `ERR_UNKNOWN_ENCODING`.
---@param data string|string[] bytes, or a list of strings
---@param encoding? net.Encoding
function Writable:writeAll(data, encoding) end

---Waits for `close`.
---
---Raises the error that the stream was closed with; `ERR_INVALID_STATE` where one cannot wait.
function Writable:finished() end

---Options of a Writable.
---@class net.WritableOptions
---@field highWaterMark? integer bytes, or objects (default 65536, or 16)
---@field objectMode? boolean is it a stream of any values but nil? (default false)
---@field decodeStrings? boolean is text turned into bytes before `_write` gets it? (default true)
---@field defaultEncoding? net.Encoding as `setDefaultEncoding` (default `"utf8"`)
---@field emitClose? boolean is `close` emitted? (default true)
---@field captureRejections? boolean does what the task of a listener raises destroy it? (default `net.events.captureRejections`)
---@field autoDestroy? boolean is it destroyed at its end? (default true)
---@field signal? net.AbortSignal destroys it, with an `AbortError`
---@field write? fun(self: net.Writable, chunk: any, encoding: string, callback: fun(err: any)) in the place of `_write`
---@field writev? fun(self: net.Writable, chunks: table[], callback: fun(err: any)) in the place of `_writev`: all that waits, as a list of `{ chunk = …, encoding = … }`
---@field final? fun(self: net.Writable, callback: fun(err: any)) in the place of `_final`: before `finish` is emitted
---@field destroy? fun(self: net.Writable, err: any, callback: fun(err: any)) in the place of `_destroy`
---@field construct? fun(self: net.Writable, callback: fun(err: any)) in the place of `_construct`

---A Readable and a Writable in one: two sides that share nothing but their end.
---
---In Node.js: `Class: stream.Duplex`
---@class net.Duplex: net.Readable, net.Writable
---@field allowHalfOpen boolean Does the writable side stay open when the readable side ends?
---@overload fun(options?: net.DuplexOptions): net.Duplex
local Duplex = {}

---Called by the constructor; a subclass's calls it.
---
---Raises `ERR_INVALID_ARG_VALUE`, `ERR_UNKNOWN_ENCODING`.
---
---In Node.js: `new stream.Duplex(options)`
---@param options? net.DuplexOptions
function Duplex:initialize(options) end

---Makes a Duplex of a stream, of a pair `{ readable = …, writable = … }`, of a list or coroutine, as `Readable.from`, or of
---a function that makes chunks of chunks: it is called as a coroutine with a function that gives the next chunk that was
---written, nil at the end; what it yields is read.
---
---Raises `ERR_INVALID_ARG_TYPE`; `ERR_INVALID_RETURN_VALUE` for a function that neither takes nor makes a chunk: it is
---called at once.
---
---In Node.js: `stream.Duplex.from(src)`
---
---```lua
---local double = net.stream.Duplex.from(function(source)
---  local chunk = source() -- in a `for chunk in source`, Lua 5.1 could not wait
---  while chunk do
---    coroutine.yield(chunk .. chunk)
---    chunk = source()
---  end
---end)
---```
---@param value any
---@return net.Duplex
function Duplex.from(value) end

---Options of a Duplex: those of both sides, and for one side alone:
---@class net.DuplexOptions: net.ReadableOptions, net.WritableOptions
---@field allowHalfOpen? boolean does the writable side stay open when the readable side ends? (default true)
---@field readable? boolean is there a readable side? (default true)
---@field writable? boolean is there a writable side? (default true)
---@field readableHighWaterMark? integer
---@field writableHighWaterMark? integer
---@field readableObjectMode? boolean
---@field writableObjectMode? boolean

---A Duplex whose output is made of its input: `_transform(chunk, encoding, callback)` pushes it, or gives it to the
---callback.
---
---In Node.js: `Class: stream.Transform`
---@class net.Transform: net.Duplex
---@overload fun(options?: net.TransformOptions): net.Transform
local Transform = {}

---Called by the constructor; a subclass's calls it.
---
---In Node.js: `new stream.Transform([options])`
---@param options? net.TransformOptions
function Transform:initialize(options) end

---Options of a Transform.
---@class net.TransformOptions: net.DuplexOptions
---@field transform? fun(self: net.Transform, chunk: any, encoding: string, callback: fun(err: any, data: any)) in the place of `_transform`
---@field flush? fun(self: net.Transform, callback: fun(err: any, data: any)) in the place of `_flush`: at the end, for what is left

---A Transform that changes nothing.
---
---In Node.js: `Class: stream.PassThrough`
---@class net.PassThrough: net.Transform
---@overload fun(options?: net.DuplexOptions): net.PassThrough
local PassThrough = {}

return stream
