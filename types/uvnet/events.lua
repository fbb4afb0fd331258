---@meta uvnet.events

---Emitters of events, as Node's `events`: `net.events` is the class. Servers, sockets and all streams are emitters.
---
---```lua
---local EventEmitter = net.events
---
---local Door = EventEmitter:extend("Door")
---
---function Door:initialize(name)
---  EventEmitter.initialize(self)
---  self.name = name
---end
---
---local door = Door("front")
---door:on("knock", function(times) print(door.name, times) end)  --> front	3
---door:emit("knock", 3)
---print(EventEmitter:isInstance(door))                           --> true
---```
---
---Events:
---
---- **newListener** `(event: any, listener: function)` A listener is about to be added.
---- **removeListener** `(event: any, listener: function)` A listener was removed.
---- **error** `(err: any)` Something failed. Without a listener, `emit` raises it: a table or userdata as it is,
---  anything else in an `ERR_UNHANDLED_ERROR`.
---
---In Node.js: `Class: EventEmitter`
---@class net.EventEmitter: net.Class
---@field defaultMaxListeners integer How many listeners one event may have before a warning is printed, for emitters that set no limit of their own: 10. Of the class. Setting it to anything but a number from 0 on raises.
---@field errorMonitor table An event that is emitted before `error`, whether or not that has listeners. Of the class.
---@field captureRejections boolean Does what the task of a listener raises become its emitter's `error`, for emitters that say nothing of it? false. Of the class. A listener has a task if it gives one back, as those do that `net.async.wrap` makes. Setting it to anything but a boolean raises.
---@field captureRejectionSymbol table The name of a method that is called instead of emitting `error`: it gets the emitter, what was raised, the event and its arguments. Servers and streams have one: it destroys the connection, or the stream. Of the class.
---@field EventEmitter net.EventEmitter The class itself, as in Node.
---@overload fun(options?: { captureRejections: boolean? }): net.EventEmitter
local EventEmitter = {}

---Prints a warning to standard error. Replace it to send warnings elsewhere. Of the class.
---@param warning net.Error
function EventEmitter.warn(warning) end

---Adds a listener behind those that are there. Emits `newListener` first.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.on(eventName, listener)`
---@param event any a string, mostly
---@param listener function gets what is emitted, without the emitter
---@return self
function EventEmitter:on(event, listener) end

---The same as `on`.
---
---In Node.js: `emitter.addListener(eventName, listener)`
---@param event any
---@param listener function
---@return self
function EventEmitter:addListener(event, listener) end

---Adds a listener that is called once: it is removed first, then called.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.once(eventName, listener)`
---@param event any
---@param listener function
---@return self
function EventEmitter:once(event, listener) end

---Adds a listener before those that are there.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.prependListener(eventName, listener)`
---@param event any
---@param listener function
---@return self
function EventEmitter:prependListener(event, listener) end

---Adds a listener that is called once, before those that are there.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.prependOnceListener(eventName, listener)`
---@param event any
---@param listener function
---@return self
function EventEmitter:prependOnceListener(event, listener) end

---Removes a listener; if it was added more than once, the last one. Emits `removeListener` afterwards.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `emitter.removeListener(eventName, listener)`
---@param event any
---@param listener function
---@return self
function EventEmitter:removeListener(event, listener) end

---The same as `removeListener`.
---
---In Node.js: `emitter.off(eventName, listener)`
---@param event any
---@param listener function
---@return self
function EventEmitter:off(event, listener) end

---Removes all listeners, or those of one event.
---
---In Node.js: `emitter.removeAllListeners([eventName])`
---@param event? any
---@return self
function EventEmitter:removeAllListeners(event) end

---Calls the event's listeners in their order. An `error` event without a listener is raised.
---
---In Node.js: `emitter.emit(eventName[, ...args])`
---@param event any
---@param ... any what the listeners get
---@return boolean heard was there a listener?
function EventEmitter:emit(event, ...) end

---A copy of the list of an event's listeners, as they were given.
---
---In Node.js: `emitter.listeners(eventName)`
---@param event any
---@return function[]
function EventEmitter:listeners(event) end

---The same, with the wrappers of those added by `once`: a wrapper can be called, and has the listener in its field
---`listener`.
---
---In Node.js: `emitter.rawListeners(eventName)`
---@param event any
---@return function[]
function EventEmitter:rawListeners(event) end

---How many listeners an event has.
---
---In Node.js: `emitter.listenerCount(eventName[, listener])`
---@param event any
---@param listener? function count only this one
---@return integer
function EventEmitter:listenerCount(event, listener) end

---The names of the events that have listeners, in the order in which they came.
---
---In Node.js: `emitter.eventNames()`
---@return any[]
function EventEmitter:eventNames() end

---Sets how many listeners one event may have before a warning is printed.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---
---In Node.js: `emitter.setMaxListeners(n)`
---@param n number 0 or `math.huge` for no limit
---@return self
function EventEmitter:setMaxListeners(n) end

---How many listeners one event may have before a warning is printed.
---
---In Node.js: `emitter.getMaxListeners()`
---@return number
function EventEmitter:getMaxListeners() end

---The listeners of an event, as `emitter:listeners` gives them. Of the class: `net.events.getEventListeners(emitter, "x")`.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `events.getEventListeners(emitterOrTarget, eventName)`
---@param emitter net.EventEmitter
---@param event any
---@return function[]
function EventEmitter.getEventListeners(emitter, event) end

---Has a function called once when a signal is aborted, in a tick if it is already. Of the class.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `events.addAbortListener(signal, listener)`
---@param signal net.AbortSignal
---@param listener fun(event: table)
---@return table disposable `disposable:dispose()` takes the listener away; on Lua 5.4 it can be `<close>`
function EventEmitter.addAbortListener(signal, listener) end

---Options of `net.events.once(emitter, event, options[, callback])` and `net.events.on(emitter, event, options)`: a table
---of these in the place of a listener. In a task it may be left out.
---
---`once` waits for an event, or for `error`: the callback gets an error, or nil and what a listener would get; without a
---callback, in a task, that is what is returned.
---
---`on` gives what a `for` needs in a task: each turn gets a list of what a listener would get. Without a task
---`iterator:next(callback)` asks for one, and `iterator:close()` ends it.
---@class net.EventsOptions
---@field signal? net.AbortSignal ends the wait with an `AbortError`
---@field close? any[] of `on`: events that end it
---@field highWaterMark? integer of `on`: how many may wait before the emitter's `pause` is called
---@field lowWaterMark? integer of `on`: how few may wait before `resume` is called (default 1)

return EventEmitter
