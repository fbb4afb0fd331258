---@meta uvnet.abort

---What aborts a signal: `net.AbortController()`. The signal is handed to what takes long, as its option `signal`.
---
---```lua
---local controller = net.AbortController()
---controller.signal:on("abort", function() print(controller.signal.reason) end)  --> too slow
---controller:abort("too slow")
---controller:abort("again")  -- nothing more happens
---```
---
---In Node.js: `Class: AbortController`
---@class net.AbortController: net.Class
---@field signal net.AbortSignal Its signal.
---@overload fun(): net.AbortController
local AbortController = {}

---Called by the constructor: makes the signal.
function AbortController:initialize() end

---Aborts the signal: `abort` is emitted. Of a signal that has been aborted nothing more happens.
---
---In Node.js: `abortController.abort([reason])`
---@param reason? any becomes the signal's `reason`; an `AbortError` if it is not given
function AbortController:abort(reason) end

---Tells those who have it that they are to stop. An emitter with one event, that has JavaScript's names, too. As an
---EventTarget it takes a listener once, however often it is given; has no limit to their number; and calls all of them
---whatever one raises, which comes out of `net.run`.
---
---```lua
---local signal = net.AbortSignal.any({ net.AbortSignal.timeout(10), net.AbortController().signal })
---signal:addEventListener("abort", function(event)
---  print(event.type, event.target.reason.name)  --> abort	TimeoutError
---end)
---net.timers.setTimeout(function() end, 50)
---```
---
---Events:
---
---- **abort** `(event: table)` It has been aborted. `event.target` is the signal.
---
---In Node.js: `Class: AbortSignal`
---@class net.AbortSignal: net.EventEmitter
---@field aborted boolean Has it been aborted?
---@field reason any? What for. Without one that was given, an Error `AbortError` (code 20), or `TimeoutError` (code 23) of `timeout`.
---@field onabort function? One more function that is called at `abort`. It can be set.
local AbortSignal = {}

---Raises the reason if it has been aborted.
---
---In Node.js: `abortSignal.throwIfAborted()`
function AbortSignal:throwIfAborted() end

---JavaScript's `on`. Raises `ERR_MISSING_ARGS`, `ERR_INVALID_ARG_TYPE`.
---@param event "abort"
---@param listener fun(event: table)
---@param options? table `once`: called once; `signal`: a signal that takes the listener away
function AbortSignal:addEventListener(event, listener, options) end

---JavaScript's `removeListener`. Raises `ERR_INVALID_ARG_TYPE`.
---@param event "abort"
---@param listener fun(event: table)
function AbortSignal:removeEventListener(event, listener) end

---JavaScript's `emit`. Raises `ERR_INVALID_ARG_TYPE`.
---@param event table with a field `type`
---@return boolean
function AbortSignal:dispatchEvent(event) end

---Raises `ERR_ILLEGAL_CONSTRUCTOR`: a controller makes signals, and so do `abort`, `timeout` and `any`.
function AbortSignal.initialize() end

---Makes a signal that has been aborted. Of the class.
---
---In Node.js: `AbortSignal.abort([reason])`
---@param reason? any an `AbortError` if it is not given
---@return net.AbortSignal
function AbortSignal.abort(reason) end

---Makes a signal that will be aborted after a time, with a `TimeoutError`. It does not keep `net.run` running. Of the
---class.
---
---Raises `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE`.
---
---In Node.js: `AbortSignal.timeout(delay)`
---@param delay integer ms
---@return net.AbortSignal
function AbortSignal.timeout(delay) end

---Makes a signal that is aborted with the first of several, for its reason. Of the class.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `AbortSignal.any(signals)`
---@param signals net.AbortSignal[]
---@return net.AbortSignal
function AbortSignal.any(signals) end

return { AbortController = AbortController, AbortSignal = AbortSignal }
