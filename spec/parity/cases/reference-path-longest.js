const { exists, log, net, rep, size, tempPath, watch } = require("../prelude");

// The longest path that Linux takes has 107 bytes.
const path = tempPath(rep("p", 107 - (size(tempPath("x")) - 1)));
const server = net.createServer((socket) => {
  socket.resume();
  socket.end("arrived");
  server.close();
});
server.listen(path, () => {
  log("bytes", size(server.address()), exists(path));
  watch(net.connect(path), "client");
});
