const { log, net } = require("../prelude");

const server = net.createServer();
server.unref();
server.on("close", () => log("never"));
server.listen(0, "127.0.0.1");
log("over");
