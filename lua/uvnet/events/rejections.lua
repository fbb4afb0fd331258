--- `captureRejections`: what the task of a listener raises becomes its emitter's `error`.
--
-- A listener whose emitter captures is held in a `Capture`, which calls it and looks at what it gives back. So emitters
-- that do not pay nothing, and the fast paths, which take plain functions only, leave such a listener to `emit`.
--
-- Floor 3.

local ticks = require("uvnet.runtime.ticks")

local rejections = {}

local Capture = {}
Capture.__index = Capture
rejections.Capture = Capture

local symbol

--- From now on somebody captures.
-- @param name that of the method which gets what a listener's task has raised
function rejections.begin(name)
  symbol, ticks.capturing = name, true
end

local unpack = table.unpack or unpack -- luacheck: ignore 143

local function reject(capture, err, arguments)
  local emitter = capture.emitter
  local method = emitter[symbol]
  if method then return method(emitter, err, capture.event, unpack(arguments, 1, arguments.n)) end
  -- What comes of this very emit is not captured, for it would go round for ever.
  emitter._rejected = err
  emitter:emit("error", err)
  emitter._rejected = nil
end

local function watch(capture, result, ...)
  local task = ticks.tasks
  if not task or type(result) ~= "table" or getmetatable(result) ~= task.Task then return result end
  local arguments = { n = select("#", ...), ... }
  task.capture(result, function(err) reject(capture, err, arguments) end)
  return result
end

function Capture:__call(...)
  if self.event == "error" then
    local err = ...
    local rejected = self.emitter._rejected
    if rejected ~= nil and rejected == err then return self.listener(...) end
  end
  return watch(self, self.listener(...), ...)
end

--- Holds a listener.
function rejections.hold(emitter, event, listener)
  return setmetatable({ emitter = emitter, event = event, listener = listener }, Capture)
end

return rejections
