const { bad, net } = require("../prelude");

const on = (port) => () => net.createServer().listen(port);
bad("65536", on(65536));
bad("-1", on(-1));
bad("1.5", on(1.5));
bad("NaN", on(NaN));
bad("Infinity", on(Infinity));
bad("true", on(true));
bad("options: 65536", () => net.createServer().listen({ port: 65536 }));
bad("options: -1", () => net.createServer().listen({ port: -1 }));
bad("options: digits", () => net.createServer().listen({ port: "65536" }));
bad("options: a word", () => net.createServer().listen({ port: "word" }));
bad("options: empty", () => net.createServer().listen({ port: "" }));
bad("options: 1.5", () => net.createServer().listen({ port: 1.5 }));
bad("options: true", () => net.createServer().listen({ port: true }));
bad("options: a table", () => net.createServer().listen({ port: {} }));
