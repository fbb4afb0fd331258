const { actor, net, tempPath } = require("../prelude");

// Without options a connection's socket is like any new one; with them, they reach it.
const path = tempPath();
const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
});
let left = 3;
const variant = (name, socket) => {
  const note = actor(name);
  note("half-open", socket.allowHalfOpen);
  note("timeout", socket.timeout);
  note("marks", socket.readableHighWaterMark, socket.writableHighWaterMark);
  socket.resume();
  socket.on("end", () => socket.end());
  socket.on("close", () => {
    left -= 1;
    if (left === 0) server.close();
  });
};
server.listen(path, () => {
  variant("path", net.createConnection(path));
  variant("options", net.createConnection({ path, allowHalfOpen: true, timeout: 4000, highWaterMark: 1000 }));
  const port = net.createConnection(1, "127.0.0.1");
  port.on("error", () => {});
  variant("port and host", port);
});
