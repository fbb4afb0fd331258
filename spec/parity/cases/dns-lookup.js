const { actor, dns, log } = require("../prelude");

dns.lookup("127.0.0.1", (...args) => log("literal 4", ...args));
dns.lookup("::1", (...args) => actor("6")("literal 6", ...args));
dns.lookup("127.0.0.1", { all: true }, (...args) => actor("all")("all", ...args));
dns.lookup("127.0.0.1", 4, (...args) => actor("number")("family as a number", ...args));
dns.lookup("127.0.0.1", { family: 4 }, (...args) => actor("family")("family", ...args));
log("asked");
