local prelude = require("prelude")
local net, watch = prelude.net, prelude.watch

-- A handle itself, or whatever has one, will do.
local first = net.createServer()
first:listen(0, "127.0.0.1", function()
  local port = first:address().port
  local function variant(name, what, done)
    local server = net.createServer()
    local note = watch(server, name)
    local returned = server:listen(what, function()
      note("same port", server:address().port == port)
      done(server)
    end)
    note("returns itself", returned == server)
  end
  variant("has one", { _handle = first._handle }, function()
    variant("is one", first._handle, function(server)
      server:close()
      first:close()
    end)
  end)
end)
