const { log, net, watch } = require("../prelude");

// localhost, unless one says otherwise.
const server = net.createServer((socket) => {
  socket.resume();
  socket.end("hi");
});
server.listen(0, () => {
  const port = server.address().port;
  const plain = net.connect(port, () => log("callback"));
  const note = watch(plain, "plain", ["connect", "data", "end", "close"]);
  plain.on("lookup", (err, address, family, host) => note("lookup", err, family === 4 || family === 6, host));
  plain.on("close", () => {
    const other = net.connect({ port });
    watch(other, "options", ["connect", "data", "end", "close"]);
    other.on("close", () => server.close());
  });
});
