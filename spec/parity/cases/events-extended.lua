local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

local Door = EventEmitter:extend("Door")

function Door:initialize(name)
  EventEmitter.initialize(self)
  self.name = name
end

function Door:knock(times)
  self:emit("knock", self.name, times)
  return self
end

local door = Door("front")
log("instances", Door:isInstance(door), EventEmitter:isInstance(door))
door:on("knock", function(name, times) log("knock", name, times) end)
log("chain", door:knock(1):knock(2) == door)
