local prelude = require("prelude")
local later, listen, log, net = prelude.later, prelude.listen, prelude.log, prelude.net

local sockets

local server = net.createServer(function(socket)
  log("accepted")
  socket:resume()
  sockets[#sockets + 1] = socket
end)
sockets = {}
server:on("drop", function() log("drop") end)
local port
local function next(limit, done)
  server.maxConnections = limit
  log("limit", limit)
  local client = net.connect(port, "127.0.0.1")
  client:on("error", function() end)
  client:resume()
  later(function() done(client) end)
end
listen(server, function(bound)
  port = bound
  next(1, function(first)
    return next(1, function(second)
      return next(2, function(third)
        return next(nil, function(fourth)
          for _, one in ipairs({ first, second, third, fourth }) do one:destroy() end
          server:close(function() log("closed") end)
        end)
      end)
    end)
  end)
end)
