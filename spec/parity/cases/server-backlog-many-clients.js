const { log, net } = require("../prelude");

const count = 20;
let served = 0;
let closed = 0;
const server = net.createServer((socket) => {
  served = served + 1;
  socket.end(`#${served}`);
  socket.resume();
});
server.listen(0, "127.0.0.1", 50, () => {
  for (let i = 0; i < count; i++) {
    const client = net.connect(server.address().port, "127.0.0.1");
    client.resume();
    client.on("close", (hadError) => {
      closed = closed + 1;
      if (hadError) log("error");
      if (closed === count) server.close(() => log("served", served));
    });
  }
});
