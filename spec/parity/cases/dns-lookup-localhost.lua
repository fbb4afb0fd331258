local prelude = require("prelude")
local actor, dns, log = prelude.actor, prelude.dns, prelude.log

dns.lookup("localhost", { family = 4 }, function(...) log("localhost", ...) end)
dns.lookup("localhost", { family = 4, all = true }, function(err, list)
  local note = actor("all")
  for _, one in ipairs(list) do note("address", err, one) end
end)
