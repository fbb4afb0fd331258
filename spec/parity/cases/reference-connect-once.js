const { listen, log, net } = require("../prelude");

// A connectListener is for one connection: a second one of the same socket does not call it.
let times = 0;
const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
});
listen(server, (port) => {
  const client = net.createConnection({ port, host: "127.0.0.1" }, () => log("listener"));
  log("listeners", client.listenerCount("connect"));
  client.resume();
  client.on("close", () => {
    times += 1;
    log("closed", client.listenerCount("connect"));
    if (times === 1) client.connect({ port, host: "127.0.0.1" });
    else server.close();
  });
});
