const { bad, net } = require("../prelude");

bad("path a number", () => net.createServer().listen({ path: 5 }));
bad("path true", () => net.createServer().listen({ path: true }));
bad("fd a string", () => net.createServer().listen({ fd: "x" }));
bad("fd negative", () => net.createServer().listen({ fd: -1 }));
bad("host only", () => net.createServer().listen({ host: "x" }));
bad("unknown options", () => net.createServer().listen({ unknown: 1 }));
