const { log, net, newError, tempPath, watch } = require("../prelude");

const path = tempPath();
const server = net.createServer((socket) => {
  socket.on("error", () => {});
  socket.resume();
});
server.listen(path, () => {
  const client = net.connect(path, () => log("never"));
  const note = watch(client, "client");
  client.write("lost", (err) => note("write callback", err));
  client.destroy(newError("changed my mind"));
  note("state", client.connecting, client.destroyed, client.readyState);
  client.on("close", () => server.close());
});
