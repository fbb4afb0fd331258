const { log, net, tempPath, watch } = require("../prelude");

const server = net.createServer();
watch(server, "server", ["listening", "close"]);
server.on("error", (err) => log("error", err.code, err.message, err.syscall, err.errno, err.address));
server.listen(tempPath("no/such/directory"));
