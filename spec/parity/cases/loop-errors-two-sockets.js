const { listen, log, net } = require("../prelude");

// Two connections in one turn, both listeners throw: no error is lost.
let count = 0;
const server = net.createServer((socket) => {
  count = count + 1;
  socket.destroy();
  if (count === 2) server.close(() => log("closed"));
  throw new Error("in a connection");
});
listen(server, (port) => {
  for (let i = 0; i < 2; i++) {
    const client = net.connect(port, "127.0.0.1");
    client.on("error", () => {});
    client.resume();
  }
});
