const { log, net } = require("../prelude");

const server = net.createServer(() => {});
server.on("close", () => {});
server.once("error", () => {});
log("names", server.eventNames());
log("count", server.listenerCount("connection"));
