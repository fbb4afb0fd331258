const { log, net, tempPath, watch } = require("../prelude");

const server = net.createServer((socket) => {
  log("accepted");
  socket.resume();
});
const path = tempPath();
server.maxConnections = 1;
server.on("drop", (data) => log("drop", data));
server.listen(path, () => {
  const first = net.connect(path);
  watch(first, "first");
  first.on("connect", () => {
    const second = net.connect(path);
    watch(second, "second", ["connect", "end", "error", "close"]);
    second.resume();
    second.on("close", () => {
      first.end();
      server.close();
    });
  });
});
