local prelude = require("prelude")
local Writable, actor, log, newError = prelude.Writable, prelude.actor, prelude.log, prelude.newError
local setImmediate, watch = prelude.setImmediate, prelude.watch

-- _write's error: the callback first, then error, then close.
local sink = Writable({
  write = function(_, chunk, _, callback)
    log("_write", chunk)
    setImmediate(function() callback(newError("disk full")) end)
  end,
})
watch(sink, "sink", { "drain", "finish", "error", "close" })
local note = actor("sink")
sink:write("a", function(err) note("a", err) end)
sink:write("b", function(err) note("b", err) end)
sink:finish("c", function(err) note("end", err) end)
