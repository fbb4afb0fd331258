local prelude = require("prelude")
local PassThrough, actor, finished = prelude.PassThrough, prelude.actor, prelude.finished
local newError = prelude.newError

local function follow(name, act)
  local one = PassThrough()
  local note = actor(name)
  finished(one, function(err) note("finished", err) end)
  act(one)
end
follow("ended and read", function(one)
  one:resume()
  one:finish()
end)
follow("destroyed", function(one) return one:destroy() end)
follow("destroyed with an error", function(one)
  one:on("error", function() end)
  one:destroy(newError("broken"))
end)
