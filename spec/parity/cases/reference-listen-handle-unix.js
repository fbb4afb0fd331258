const { net, tempPath, watch } = require("../prelude");

// The handle of a server on a path: whoever listened on it last gets the connections.
const path = tempPath();
const first = net.createServer();
const second = net.createServer((socket) => {
  socket.resume();
  socket.end("from the second");
});
const note = watch(second, "second", ["listening", "close"]);
first.listen(path, () => {
  second.listen(first, () => {
    note("address", second.address(), first.address() === path);
    const client = net.connect(path);
    watch(client, "client");
    client.on("close", () => {
      second.close();
      first.close();
    });
  });
});
