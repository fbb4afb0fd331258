const { net, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server");
server.once("close", () => server.close((...args) => note("again", ...args)));
server.listen(0, "127.0.0.1", () => server.close());
