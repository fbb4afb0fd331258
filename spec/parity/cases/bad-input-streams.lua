local prelude = require("prelude")
local PassThrough, Readable, attempt = prelude.PassThrough, prelude.Readable, prelude.attempt
local bad, finished, later, pipeline = prelude.bad, prelude.finished, prelude.later, prelude.pipeline
local watch = prelude.watch

local source = Readable({ read = function() end })
local note = watch(source, "source", { "error", "close" })
bad("setEncoding(5)", function() return source:setEncoding(5) end)
note("push(5)", attempt(function() return source:push(5) end))
later(function()
  bad("pipeline()", function() return pipeline() end)
  bad("pipeline without a callback", function() return pipeline(PassThrough(), PassThrough()) end)
  bad("pipeline of one", function() return pipeline(PassThrough(), function() end) end)
  bad("finished()", function() return finished() end)
  bad("finished(5)", function() return finished(5, function() end) end)
  bad("finished without a callback", function() return finished(PassThrough()) end)
end)
