-- A netcat: standard input goes to a server, what that answers goes to standard output.
-- usage: lua netcat.lua PORT [HOST] | PATH
--   PORT  on HOST, default localhost, PATH  a unix domain socket
-- A terminal, a file and a pipe as standard input each work: `echo hello | lua netcat.lua 8124`.

local net = require("net")
local process = net.process

local target, host = arg[1], arg[2]
if not target or target == "--help" then
  print("usage: lua netcat.lua PORT [HOST] | PATH")
  os.exit(target and 0 or 1)
end

local socket = net.connect({
  port = tonumber(target),
  host = host,
  path = not tonumber(target) and target or nil,
  allowHalfOpen = true, -- the answer may go on when our input has ended
})

process.stdin:pipe(socket)
socket:pipe(process.stdout)

socket:on("end", function()
  -- Nobody is there any more to be written to.
  process.stdin:destroy()
  socket:finish()
end)

socket:on("error", function(err)
  process.stderr:write(tostring(err) .. "\n")
  process.exitCode = 1
  process.stdin:destroy()
end)

net.run()
