const { later, listen, log, net } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  let returned;
  returned = server.getConnections((err, count) => {
    log("connections", err, count);
    log("later", true);
    if (count === 2) {
      first.end();
      second.end();
    }
  });
  log("returns itself", returned === server);
});
let first, second;
server.getConnections((...args) => log("before", ...args));
log("asked");
listen(server, (port) => {
  first = net.connect(port, "127.0.0.1");
  first.resume();
  first.on("connect", () => {
    second = net.connect(port, "127.0.0.1");
    second.resume();
    second.on("close", () => later(() => {
      server.getConnections((...args) => log("after", ...args));
      server.close();
      server.getConnections((...args) => log("closed", ...args));
    }));
  });
});
