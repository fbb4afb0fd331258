local prelude = require("prelude")
local log, setTimeout = prelude.log, prelude.setTimeout

local timer = setTimeout(function() log("timer") end, 20)
log("hasRef", timer:hasRef())
log("unref", timer:unref() == timer, timer:hasRef())
log("ref", timer:ref() == timer, timer:hasRef())
log("refresh", timer:refresh() == timer)
local closed = setTimeout(function() log("never") end, 10)
log("close", closed:close() == closed)
local weak = setTimeout(function() log("never, for nothing waits for it") end, 1000)
weak:unref()
