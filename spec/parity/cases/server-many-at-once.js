const { listen, log, net } = require("../prelude");

// Fifty connections in one go, each with its own data.
const count = 50;
let answered = 0;
let closed = 0;
const server = net.createServer((socket) => socket.pipe(socket));
listen(server, (port) => {
  for (let i = 0; i < count; i++) {
    const client = net.connect(port, "127.0.0.1");
    let all = "";
    client.setEncoding("utf8");
    client.on("data", (data) => {
      all = `${all}${data}`;
    });
    client.on("close", () => {
      if (all === `hello ${i}`) answered = answered + 1;
      closed = closed + 1;
      if (closed === count) server.close(() => log("answered", answered));
    });
    client.end(`hello ${i}`);
  }
});
