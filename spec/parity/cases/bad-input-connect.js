const { bad, net } = require("../prelude");

bad("nothing", () => net.connect());
bad("empty options", () => net.connect({}));
bad("host only", () => net.connect({ host: "127.0.0.1" }));
bad("socket without options", () => new net.Socket().connect({}));
bad("path a number", () => net.connect({ path: 5 }));
bad("path a table", () => net.connect({ path: {} }));
bad("path true", () => net.connect({ path: true }));
bad("localAddress a word", () => net.connect({ port: 1, host: "127.0.0.1", localAddress: "word" }));
bad("localAddress a host name", () => net.connect({ port: 1, host: "127.0.0.1", localAddress: "localhost" }));
bad("localPort a string", () => net.connect({ port: 1, host: "127.0.0.1", localPort: "80" }));
bad("localPort true", () => net.connect({ port: 1, host: "127.0.0.1", localPort: true }));
bad("lookup a string", () => net.connect({ port: 1, host: "some.host", lookup: "x" }));
bad("lookup a number", () => net.connect({ port: 1, host: "some.host", lookup: 5 }));
bad("hints unknown", () => net.connect({ port: 1, host: "some.host", hints: 1000000, lookup: () => {} }));
bad("timeout a string", () => net.connect({ port: 1, host: "127.0.0.1", timeout: "x" }));
bad("timeout negative", () => net.connect({ port: 1, host: "127.0.0.1", timeout: -1 }));
