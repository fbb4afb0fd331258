local prelude = require("prelude")
local Duplex, Transform, log, size = prelude.Duplex, prelude.Transform, prelude.log, prelude.size
local watch = prelude.watch

local Counter = Transform:extend("Counter")

function Counter:initialize(options)
  Transform.initialize(self, options)
  self.total = 0
end

function Counter:_transform(chunk, _, callback)
  self.total = self.total + size(chunk)
  callback(nil, chunk)
end

local counter = Counter()
log("instances", Counter:isInstance(counter), Transform:isInstance(counter), Duplex:isInstance(counter))
watch(counter, "counter")
counter:write("abc")
counter:finish("de")
counter:on("finish", function() log("total", counter.total) end)
