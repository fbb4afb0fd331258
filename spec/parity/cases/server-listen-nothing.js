const { net, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server");
server.listen();
server.on("listening", () => {
  note("address", server.address());
  server.close();
});
