const { dns, log } = require("../prelude");

dns.lookup("", (...args) => log("empty", ...args));
