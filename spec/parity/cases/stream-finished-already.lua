local prelude = require("prelude")
local Readable, finished, later, log = prelude.Readable, prelude.finished, prelude.later, prelude.log

local source = Readable({ read = function() end })
source:push(nil)
source:resume()
later(function()
  log("state", source.readableEnded, source.destroyed)
  finished(source, function(err) log("finished", err) end)
  log("not yet")
end)
