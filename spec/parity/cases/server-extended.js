const { EventEmitter, listen, log, net } = require("../prelude");

class Counter extends net.Server {
  constructor(options) {
    super(options);
    this.count = 0;
    this.on("connection", () => {
      this.count = this.count + 1;
    });
  }
}
const server = new Counter({ allowHalfOpen: false });
log("instances", server instanceof Counter, server instanceof net.Server, server instanceof EventEmitter);
listen(server, (port) => {
  server.on("connection", (socket) => socket.destroy());
  const client = net.connect(port, "127.0.0.1");
  client.on("error", () => {});
  client.resume();
  client.on("close", () => server.close(() => log("count", server.count)));
});
