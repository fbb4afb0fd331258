local prelude = require("prelude")
local Readable, later, newError = prelude.Readable, prelude.later, prelude.newError
local watch = prelude.watch

local source = Readable({
  read = function() end,
  destroy = function(_, _, callback) later(function() callback(newError("from _destroy")) end) end,
})
local note = watch(source, "source", { "close", "error" })
source:destroy()
note("state", source.destroyed)
