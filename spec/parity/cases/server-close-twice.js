const { net, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server");
server.listen(0, "127.0.0.1", () => {
  server.close((...args) => note("first", ...args));
  server.close((...args) => note("second", ...args));
  server.close();
});
