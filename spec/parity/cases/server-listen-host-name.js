const { net, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server");
server.listen(0, "localhost", () => {
  note("family", typeof server.address().family);
  server.close();
});
note("listening", server.listening);
note("address", server.address());
