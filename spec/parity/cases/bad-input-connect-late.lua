local prelude = require("prelude")
local actor, attempt, net = prelude.actor, prelude.attempt, prelude.net

-- Found only when the lookup is asked.
local function attemptAt(name, options)
  options.port = 1
  local note = actor(name)
  local result = attempt(function()
    local socket = net.connect(options)
    socket:on("error", function(err) note("error", err) end)
    socket:on("close", function(hadError) note("close", hadError) end)
    return "no error"
  end)
  note("result", result)
end
attemptAt("host a number", { host = 5 })
attemptAt("host a table", { host = {} })
attemptAt("host true", { host = true })
attemptAt("family 5", { host = "some.host", family = 5 })
