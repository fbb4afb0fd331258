const { log, net, tempPath, watch } = require("../prelude");

const path = tempPath();
const blocker = net.createServer();
const server = net.createServer();
watch(server, "server", ["listening", "close"]);
server.on("error", (err) => {
  log("error", err.code, err.message, err.syscall, err.errno, err.address);
  blocker.close();
});
blocker.listen(path, () => server.listen(path));
