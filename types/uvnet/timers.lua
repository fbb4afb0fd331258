---@meta uvnet.timers

---Timers, as Node's `timers`, and `nextTick` of its `process`. All run within `net.run()`.
---
---```lua
---local timers = net.timers
---timers.setTimeout(print, 20, "timeout")  --> tick
---timers.setImmediate(print, "immediate")  --> immediate
---timers.nextTick(print, "tick")           --> timeout
---net.run()
---```
---@class net.timers
local timers = {}

---Calls a function once after a time.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `setTimeout(callback[, delay[, ...args]])`
---@param callback function
---@param delay? number ms, from 1 to 2147483647; anything else is 1
---@param ... any what the callback gets
---@return net.Timeout
function timers.setTimeout(callback, delay, ...) end

---Calls a function again and again.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `setInterval(callback[, delay[, ...args]])`
---@param callback function
---@param delay? number ms between the calls, as for `setTimeout`
---@param ... any what the callback gets
---@return net.Timeout
function timers.setInterval(callback, delay, ...) end

---Calls a function after the I/O of this turn of the loop, before its timers come again.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `setImmediate(callback[, ...args])`
---@param callback function
---@param ... any what the callback gets
---@return net.Immediate
function timers.setImmediate(callback, ...) end

---Calls a function after the callback that runs now, before the next one. It is Node's `process.nextTick`.
---
---Raises `ERR_INVALID_ARG_TYPE`.
---
---In Node.js: `process.nextTick(callback[, ...args])`
---@param callback function
---@param ... any what the callback gets
function timers.nextTick(callback, ...) end

---Clears a timeout. Anything else, one that has fired included, is let pass.
---
---In Node.js: `clearTimeout(timeout)`
---@param timeout? net.Timeout
function timers.clearTimeout(timeout) end

---The time, to measure how long something takes: it never goes back, and is no time of day.
---@return number ms with fractions, since some time in the past
function timers.now() end

---The same as `clearTimeout`.
---
---In Node.js: `clearInterval(timeout)`
---@param timeout? net.Timeout
function timers.clearInterval(timeout) end

---Clears an immediate. Anything else, one that has run included, is let pass.
---
---In Node.js: `clearImmediate(immediate)`
---@param immediate? net.Immediate
function timers.clearImmediate(immediate) end

---What `setTimeout` and `setInterval` give.
---
---In Node.js: `Class: Timeout`
---@class net.Timeout: net.Class
local Timeout = {}

---Has it keep `net.run()` running (again), as it does from the start.
---
---In Node.js: `timeout.ref()`
---@return self
function Timeout:ref() end

---Has it keep `net.run()` running no longer.
---
---In Node.js: `timeout.unref()`
---@return self
function Timeout:unref() end

---Does it keep `net.run()` running while it waits?
---
---In Node.js: `timeout.hasRef()`
---@return boolean
function Timeout:hasRef() end

---Starts its time anew, without making another one. It may have fired already, but not been cleared.
---
---In Node.js: `timeout.refresh()`
---@return self
function Timeout:refresh() end

---Clears it.
---
---In Node.js: `timeout.close()`
---@return self
function Timeout:close() end

---What `setImmediate` gives.
---
---In Node.js: `Class: Immediate`
---@class net.Immediate: net.Class
local Immediate = {}

---Has it keep `net.run()` running (again), as it does from the start.
---
---In Node.js: `immediate.ref()`
---@return self
function Immediate:ref() end

---Has it keep `net.run()` running no longer.
---
---In Node.js: `immediate.unref()`
---@return self
function Immediate:unref() end

---Does it keep `net.run()` running?
---
---In Node.js: `immediate.hasRef()`
---@return boolean
function Immediate:hasRef() end

return timers
