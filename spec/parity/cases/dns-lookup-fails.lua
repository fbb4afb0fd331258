local prelude = require("prelude")
local dns, log = prelude.dns, prelude.log

dns.lookup("no.such.host.invalid", function(err, address, family)
  log("error", err.message, err.code, err.syscall, err.hostname, type(err.errno))
  log("rest", address, family)
end)
