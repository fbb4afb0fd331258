const { chmod, exists, log, mode, net, tempPath } = require("../prelude");

// A socket that nobody may write to. The superuser may, always.
const path = tempPath();
const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
});
server.listen(path, () => {
  chmod(path, "000");
  log("mode", mode(path));
  const client = net.connect(path);
  client.resume();
  client.on("error", (err) => {
    if (err.code !== "EACCES" || err.syscall !== "connect") log("error", err);
  });
  client.on("close", () => server.close(() => log("gone", exists(path))));
});
