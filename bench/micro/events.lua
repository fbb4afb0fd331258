-- Nanoseconds per operation of the EventEmitter: lines `name number`. The twin of events.js.
local EventEmitter = require("uvnet.events").EventEmitter

local function ignore() end

local function time(name, count, step)
  for i = 1, count / 10 do
    step(i)
  end
  local began = os.clock()
  for i = 1, count do
    step(i)
  end
  print(("%s %.1f"):format(name, (os.clock() - began) * 1e9 / count))
end

local function with_listeners(count)
  local emitter = EventEmitter()
  emitter:setMaxListeners(0)
  for _ = 1, count do
    emitter:on("x", function() end)
  end
  return emitter
end

for _, count in ipairs({ 0, 1, 2 }) do
  local emitter = with_listeners(count)
  time("emit_" .. count, 300000, function(i) emitter:emit("x", i) end)
end

do
  local emitter = with_listeners(0)
  time("once_emit", 100000, function(i)
    emitter:once("x", ignore)
    emitter:emit("x", i)
  end)
  time("once_remove", 100000, function()
    emitter:once("x", ignore)
    emitter:removeListener("x", ignore)
  end)
end

do
  local emitter = with_listeners(1000)
  time("emit_1000", 300, function(i) emitter:emit("x", i) end)
  time("on_remove_among_1000", 10000, function()
    emitter:on("x", ignore)
    emitter:removeListener("x", ignore)
  end)
end
