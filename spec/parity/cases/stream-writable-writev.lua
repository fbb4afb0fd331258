local prelude = require("prelude")
local Writable, log, setImmediate = prelude.Writable, prelude.log, prelude.setImmediate

local sink = Writable({
  writev = function(_, chunks, callback)
    log("count", #chunks)
    for _, one in ipairs(chunks) do log("chunk", one.chunk) end
    setImmediate(callback)
  end,
})
sink:write("one")
sink:write("two", function() log("callback two") end)
sink:write("three", function() log("callback three") end)
sink:finish(function() log("end") end)
