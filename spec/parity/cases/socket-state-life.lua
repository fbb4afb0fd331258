local prelude = require("prelude")
local actor, fieldsOf, listen, net = prelude.actor, prelude.fieldsOf, prelude.listen, prelude.net

-- What the fields say before, during and after.
local fields = {
  "connecting",
  "pending",
  "readyState",
  "destroyed",
  "readable",
  "writable",
  "localAddress",
  "localPort",
  "remoteAddress",
  "remotePort",
  "remoteFamily",
  "localFamily",
  "bytesRead",
  "bytesWritten",
}
local server
server = net.createServer(function(socket)
  socket:resume()
  socket:on("end", function() server:close() end)
end)
listen(server, function(port)
  local client = net.Socket()
  client:resume()
  local note = actor("client")
  note("new", fieldsOf(client, fields), client:address())
  client:connect(port, "127.0.0.1")
  note("connecting", fieldsOf(client, fields), client:address())
  client:on("connect", function()
    note("connected", fieldsOf(client, fields), client:address())
    client:finish("hello")
    note("ending", fieldsOf(client, fields))
  end)
  client:on("finish", function() note("finish", fieldsOf(client, fields)) end)
  client:on("end", function() note("end", fieldsOf(client, fields)) end)
  client:on("close", function() note("close", fieldsOf(client, fields), client:address()) end)
end)
