const { bad, dns } = require("../prelude");

bad("no callback", () => dns.lookup("localhost"));
bad("callback no function", () => dns.lookup("localhost", {}, 5));
bad("hostname a number", () => dns.lookup(5, () => {}));
bad("family 5", () => dns.lookup("localhost", { family: 5 }, () => {}));
bad("family as number 5", () => dns.lookup("localhost", 5, () => {}));
bad("hints a string", () => dns.lookup("localhost", { hints: "x" }, () => {}));
bad("hints unknown", () => dns.lookup("localhost", { hints: 1000000 }, () => {}));
bad("all no boolean", () => dns.lookup("localhost", { all: 1 }, () => {}));
bad("family a string", () => dns.lookup("localhost", { family: "x" }, () => {}));
