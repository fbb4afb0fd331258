local prelude = require("prelude")
local Writable, bad, log = prelude.Writable, prelude.bad, prelude.log

local sink = Writable({
  write = function(_, chunk, _, callback)
    log("chunk", chunk)
    callback()
  end,
})
log("returns itself", sink:setDefaultEncoding("hex") == sink)
sink:write("414243")
sink:write("414243", "utf8")
sink:finish("44")
bad("unknown", function() return sink:setDefaultEncoding("klingon") end)
