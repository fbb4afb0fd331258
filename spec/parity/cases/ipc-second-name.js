const { exists, linkTo, log, net, tempPath, watch } = require("../prelude");

// A connection over another name of the same file.
const path = tempPath();
const other = tempPath();
const server = net.createServer((socket) => {
  socket.resume();
  socket.end("found");
  server.close();
});
server.listen(path, () => {
  linkTo(path, other);
  const client = net.connect(other);
  watch(client, "client");
  client.on("close", () => log("files", exists(path), exists(other)));
});
