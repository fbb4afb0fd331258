const { log, net, tempPath, watch } = require("../prelude");

// With a path nothing is looked up, whatever the TCP options say: they are not even checked.
const path = tempPath();
const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
  server.close();
});
server.listen(path, () => {
  const client = net.connect({
    path,
    port: 1,
    host: "some.host",
    family: 5,
    localAddress: "no address",
    lookup: () => log("never"),
  });
  watch(client, "client");
});
