const { net, tempPath, watch, writeFile } = require("../prelude");

// A file that nobody listens on.
const path = tempPath();
const server = net.createServer();
server.listen(path, () => {
  const other = tempPath();
  writeFile(other, "no socket");
  const client = net.connect(other);
  const note = watch(client, "client", ["connect", "end", "close"]);
  client.on("error", (err) => note("error", err.message, err.code, err.errno, err.syscall, err.address));
  server.close();
});
