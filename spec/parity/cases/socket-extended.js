const { Duplex, listen, log, net, watch } = require("../prelude");

class Shouter extends net.Socket {
  constructor(options) {
    super(options);
    this.loud = true;
  }

  shout(text) {
    return this.write(`${text}!`);
  }
}
const server = net.createServer((socket) => {
  watch(socket, "peer");
  server.close();
});
listen(server, (port) => {
  const client = new Shouter({ allowHalfOpen: false });
  log("instances", client instanceof Shouter, client instanceof net.Socket, client instanceof Duplex);
  log("loud", client.loud);
  client.connect(port, "127.0.0.1", () => {
    client.shout("hello");
    client.end();
  });
  client.resume();
});
