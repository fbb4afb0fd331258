const { listen, log, net, watch } = require("../prelude");

// Writes before the connection are kept in their order.
let received = "";
const server = net.createServer((socket) => {
  socket.setEncoding("utf8");
  socket.on("data", (data) => {
    received = `${received}${data}`;
  });
  socket.on("end", () => {
    log("received", received);
    server.close();
  });
});
listen(server, (port) => {
  const client = new net.Socket();
  const note = watch(client, "client");
  client.connect(port, "127.0.0.1");
  note("write", client.write("one ", () => note("wrote one")));
  note("write", client.write("two ", "utf8", () => note("wrote two")));
  note("queued", client.writableLength, client.bytesWritten, client.bufferSize);
  client.on("connect", () => {
    note("in connect", client.writableLength, client.bytesWritten);
    client.write("three", () => note("wrote three"));
    client.end(() => note("end callback"));
  });
});
