local prelude = require("prelude")
local Duplex, later, watch = prelude.Duplex, prelude.later, prelude.watch

local function make(name, options)
  local both = Duplex(options)
  both._read = function() end
  local note = watch(both, name)
  note("half-open", both.allowHalfOpen)
  both:push(nil)
  both:resume()
  later(function()
    note("later", both.writable, both.writableEnded, both.destroyed)
    both:destroy()
  end)
end
make("default", {})
make("not half-open", { allowHalfOpen = false })
