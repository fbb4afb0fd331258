local prelude = require("prelude")
local EventEmitter, log = prelude.EventEmitter, prelude.log

-- What newListener adds comes before the one that is being added.
local emitter = EventEmitter()
emitter:once("newListener", function(event)
  if event == "x" then
    emitter:on("x", function() log("inserted") end)
  end
end)
emitter:on("x", function() log("own") end)
emitter:emit("x")
