const { log, net, tempPath, watch } = require("../prelude");

const path = tempPath();
const count = 10;
let left = count;
const server = net.createServer((socket) => socket.pipe(socket));
server.listen(path, () => {
  for (let i = 1; i <= count; i++) {
    const client = net.connect(path);
    watch(client, `client ${i}`, ["data", "end", "error", "close"]);
    client.end(`hello from ${i}`);
    client.on("close", () => {
      left = left - 1;
      if (left === 0) server.close(() => log("closed"));
    });
  }
});
