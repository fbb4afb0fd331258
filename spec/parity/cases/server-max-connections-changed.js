const { later, listen, log, net } = require("../prelude");

const server = net.createServer((socket) => {
  log("accepted");
  socket.resume();
  sockets.push(socket);
});
const sockets = [];
server.on("drop", () => log("drop"));
let port;
const next = (limit, done) => {
  server.maxConnections = limit;
  log("limit", limit);
  const client = net.connect(port, "127.0.0.1");
  client.on("error", () => {});
  client.resume();
  later(() => done(client));
};
listen(server, (bound) => {
  port = bound;
  next(1, (first) => next(1, (second) => next(2, (third) => next(undefined, (fourth) => {
    for (const one of [first, second, third, fourth]) one.destroy();
    server.close(() => log("closed"));
  }))));
});
