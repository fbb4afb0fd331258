const { net, watch } = require("../prelude");

// 203.0.113.1 is nobody's.
const server = net.createServer();
const note = watch(server, "server");
server.listen(0, "203.0.113.1");
note("listening", server.listening);
server.on("error", () => note("in error", server.listening, server.address()));
