const { log, net, tempPath, unlink, watch } = require("../prelude");

// Somebody else unlinks the file: the server lives on, and close does not mind.
const path = tempPath();
const server = net.createServer();
watch(server, "server");
server.listen(path, () => {
  unlink(path);
  log("address", server.address(), server.listening);
  server.close();
});
