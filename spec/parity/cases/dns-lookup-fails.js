const { dns, log } = require("../prelude");

dns.lookup("no.such.host.invalid", (err, address, family) => {
  log("error", err.message, err.code, err.syscall, err.hostname, typeof err.errno);
  log("rest", address, family);
});
