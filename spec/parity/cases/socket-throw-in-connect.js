const { later, listen, log, net } = require("../prelude");

const server = net.createServer((socket) => {
  socket.resume();
  server.close();
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1", () => {
    throw new Error("in connect");
  });
  client.on("error", (err) => log("error", err));
  later(() => {
    log("state", client.destroyed, client.connecting, client.readyState);
    client.destroy();
  }, 60);
  client.on("close", (hadError) => log("close", hadError));
});
