--- A worker of a cluster, as its primary and it itself see it.
--
-- Floor 4.

local EventEmitter = require("uvnet.events")
local errors = require("uvnet.errors")
local strict = require("uvnet.base.strict")

--- A worker.
-- @type Worker
local Worker = EventEmitter:extend("Worker")

-- See `net.strict`.
Worker.knownOptions = strict.names("id process state")

--- @tparam[opt] table options `id`, `process`, `state`
function Worker:initialize(options)
  EventEmitter.initialize(self)
  options = options or {}
  strict.check_constructor(self, options)
  self.state = options.state or "none"
  self.id = options.id or 0
  local process = options.process
  if not process then return end
  self.process = process
  process:on("error", function(...) self:emit("error", ...) end)
  process:on("message", function(message, handle) self:emit("message", message, handle) end)
end

--- Sends it a message, or from within it one to the primary; see `ChildProcess:send`.
function Worker:send(...)
  local process = rawget(self, "process")
  if not process then errors.throw("ERR_INVALID_STATE", "The worker has no process") end
  return process:send(...)
end

--- The same as `destroy`.
function Worker:kill(signal) return self:destroy(signal) end

--- Has its process ended?
-- @treturn boolean
function Worker:isDead()
  local process = self.process
  return process ~= nil and (process.exitCode ~= nil or process.signalCode ~= nil)
end

--- Is there a channel between it and the primary?
-- @treturn boolean
function Worker:isConnected() return self.process ~= nil and self.process.connected end

function Worker:_describe() return ("%s, %s"):format(tostring(self.id), self.state) end

return Worker
