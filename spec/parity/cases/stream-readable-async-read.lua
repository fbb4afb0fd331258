local prelude = require("prelude")
local Readable, later, nextTick = prelude.Readable, prelude.later, prelude.nextTick
local setImmediate, watch = prelude.setImmediate, prelude.watch

local number = 0
local source = Readable({
  read = function(self)
    number = number + 1
    local text = number < 4 and "#" .. number or nil
    setImmediate(function() self:push(text) end)
  end,
})
local note = watch(source, "source", { "end", "close" })
source:on("data", function(data) note("data", data) end)
source:on("readable", function() note("never") end)
source:removeAllListeners("readable")
nextTick(function() note("flowing", source.readableFlowing) end)
later(function() source:resume() end)
