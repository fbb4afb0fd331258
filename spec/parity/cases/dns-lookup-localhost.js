const { actor, dns, log } = require("../prelude");

dns.lookup("localhost", { family: 4 }, (...args) => log("localhost", ...args));
dns.lookup("localhost", { family: 4, all: true }, (err, list) => {
  const note = actor("all");
  for (const one of list) note("address", err, one);
});
