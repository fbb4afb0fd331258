const { log, net, nextTick, setImmediate } = require("../prelude");

const server = net.createServer();
server.listen(0, "203.0.113.1");
setImmediate(() => log("immediate"));
nextTick(() => log("tick"));
