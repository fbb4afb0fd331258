local prelude = require("prelude")
local actor, mode, net, tempPath = prelude.actor, prelude.mode, prelude.net, prelude.tempPath

-- The file's mode, as the options ask.
local function variant(name, options)
  local path = tempPath()
  local server = net.createServer()
  options.path = path
  server:listen(options, function()
    actor(name)("mode", mode(path))
    server:close()
  end)
end
variant("readableAll", { readableAll = true })
variant("writableAll", { writableAll = true })
variant("both", { readableAll = true, writableAll = true })
