const { listen, log, net } = require("../prelude");

// A subclass sees every chunk that is pushed.
class Tracing extends net.Socket {
  push(chunk, encoding) {
    log("push", chunk);
    return super.push(chunk, encoding);
  }
}
const server = net.createServer((socket) => {
  server.close();
  socket.on("data", () => socket.end("answer"));
});
listen(server, (port) => {
  const client = new Tracing();
  client.connect(port, "127.0.0.1", () => client.write("question"));
  client.on("data", (data) => log("data", data));
  client.on("close", () => log("close"));
});
