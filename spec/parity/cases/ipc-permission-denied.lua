local prelude = require("prelude")
local chmod, exists, log, mode = prelude.chmod, prelude.exists, prelude.log, prelude.mode
local net, tempPath = prelude.net, prelude.tempPath

-- A socket that nobody may write to. The superuser may, always.
local path = tempPath()
local server = net.createServer(function(socket)
  socket:resume()
  socket:finish()
end)
server:listen(path, function()
  chmod(path, "000")
  log("mode", mode(path))
  local client = net.connect(path)
  client:resume()
  client:on("error", function(err)
    if err.code ~= "EACCES" or err.syscall ~= "connect" then
      log("error", err)
    end
  end)
  client:on("close", function() server:close(function() log("gone", exists(path)) end) end)
end)
