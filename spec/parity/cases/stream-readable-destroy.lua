local prelude = require("prelude")
local Readable, log, newError, watch = prelude.Readable, prelude.log, prelude.newError, prelude.watch

local source = Readable({
  read = function() end,
  destroy = function(_, err, callback)
    log("_destroy", err)
    callback(err)
  end,
})
local note = watch(source, "source", { "end", "close", "error" })
source:push("never read")
note("destroy", source:destroy(newError("boom")) == source)
note("state", source.destroyed, source.readable, source.errored)
note("read", source:read())
note("push", source:push("more"))
source:destroy(newError("second"))
