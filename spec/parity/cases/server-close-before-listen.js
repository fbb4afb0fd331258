const { net, nextTick, setImmediate, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server");
server.close((...args) => note("callback", ...args));
note("after");
nextTick(() => note("tick"));
setImmediate(() => note("immediate"));
