const { net, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server", ["listening", "close"]);
server.listen(0, "127.0.0.1");
note("listening", server.listening);
server.on("listening", () => {
  note("address", server.address());
  server.close();
});
