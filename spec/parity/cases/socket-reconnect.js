const { listen, net, watch } = require("../prelude");

// The same socket, again after close.
let times = 0;
const server = net.createServer((socket) => {
  socket.resume();
  times = times + 1;
  socket.end(`answer ${times}`);
});
listen(server, (port) => {
  const client = new net.Socket();
  const note = watch(client, "client");
  client.on("close", () => {
    note("state", client.destroyed, client.connecting, client.pending, client.readyState);
    note("bytes", client.bytesRead, client.bytesWritten);
    if (times < 3) {
      client.connect(port, "127.0.0.1");
      note("again", client.destroyed, client.connecting, client.pending, client.readyState);
      client.write("question");
    } else {
      server.close();
    }
  });
  client.connect(port, "127.0.0.1");
});
