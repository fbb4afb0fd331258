local prelude = require("prelude")
local PassThrough, finished, later = prelude.PassThrough, prelude.finished, prelude.later
local log = prelude.log

local both = PassThrough()
finished(both, { readable = false }, function(err) log("written", err) end)
finished(both, { writable = false }, function(err) log("read", err) end)
local cleanup = finished(both, function(err) log("never", err) end)
cleanup()
both:finish("x")
later(function() both:resume() end)
