const { listen, net, tempPath, watch } = require("../prelude");

// From TCP to a unix socket, with the same object.
const path = tempPath();
const tcp = net.createServer((socket) => {
  socket.resume();
  socket.end("over tcp");
});
const unix = net.createServer((socket) => {
  socket.resume();
  socket.end("over unix");
});
listen(tcp, (port) => unix.listen(path, () => {
  const client = new net.Socket();
  const note = watch(client, "client", ["connect", "data", "end", "close"]);
  client.connect(port, "127.0.0.1");
  client.once("close", () => {
    note("port", client.localPort, client.remotePort);
    client.connect(path);
    client.once("close", () => {
      tcp.close();
      unix.close();
    });
  });
}));
