const { log, net, tempPath, writeFile } = require("../prelude");

// An error about a path has no port.
const client = net.connect(tempPath("nobody"));
client.on("error", (err) => log("client", err));
const server = net.createServer();
server.on("error", (err) => log("server", err));
const path = tempPath();
writeFile(path, "in the way");
client.on("close", () => server.listen(path));
