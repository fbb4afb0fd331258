local prelude = require("prelude")
local Writable, log, setImmediate = prelude.Writable, prelude.log, prelude.setImmediate

local sink = Writable({
  write = function(_, _, _, callback) setImmediate(callback) end,
  final = function(_, callback)
    log("_final")
    setImmediate(callback)
  end,
})
sink:on("prefinish", function() log("prefinish") end)
sink:on("finish", function() log("finish", sink.writableFinished) end)
sink:on("close", function() log("close") end)
sink:write("a", function() log("callback a") end)
sink:finish("b", "utf8", function(err) log("callback end", err) end)
sink:finish(function(err) log("callback end 2", err) end)
log("state", sink.writable, sink.writableEnded, sink.writableFinished)
sink:on("finish", function() sink:finish(function(err) log("callback end 3", err) end) end)
