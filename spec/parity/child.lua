-- What cases fork: does what a message says. Its twin: child.js.

local net = require("uvnet")
local process = net.process

local kept = {}
local acts = {}

function acts.echo(message) process:send({ echo = message.value }) end
function acts.exit(message) process:exit(message.code) end
function acts.die() process.kill(process.pid, "SIGKILL") end
function acts.disconnect() process:disconnect() end
function acts.connected() process:send({ connected = process.connected }) end

function acts.answer(message, handle)
  if not handle then
    process:send({ handle = "none" })
  elseif net.Server:isInstance(handle) then
    kept[#kept + 1] = handle
    handle:on("connection", function(socket) socket:finish(message.text) end)
    process:send({ handle = "server", listening = handle.listening })
  else
    handle:finish(message.text)
    process:send({ handle = "socket" })
  end
end

function acts.hold(_, handle)
  kept[#kept + 1] = handle
  handle:on("error", function() end)
  process:send({ handle = "held" })
end

function acts.release()
  for _, one in ipairs(kept) do
    if net.Server:isInstance(one) then
      one:close()
    else
      one:destroy()
    end
  end
  process:send({ released = #kept })
end

function acts.give()
  local server = net.createServer()
  server:listen(0, "127.0.0.1", function()
    kept[#kept + 1] = server
    process:send({ giving = true }, server)
  end)
end

process:on("message", function(message, handle) acts[message.act](message, handle) end)
net.run()
