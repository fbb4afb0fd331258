const { exists, log, net, tempPath, unlink, watch, writeFile } = require("../prelude");

// A file that is there already, a socket's or not, is in use.
const path = tempPath();
writeFile(path, "not a socket");
const server = net.createServer();
watch(server, "server", ["listening", "close"]);
server.on("error", (err) => {
  log("error", err.code, err.message, err.syscall, err.address);
  log("file stays", exists(path));
  unlink(path);
  server.listen(path, () => {
    log("listening", exists(path));
    server.close();
  });
});
server.listen(path);
