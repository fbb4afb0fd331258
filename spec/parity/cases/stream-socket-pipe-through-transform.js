const { Transform, later, listen, net, watch } = require("../prelude");

const server = net.createServer((socket) => {
  const shout = new Transform({
    transform(chunk, encoding, callback) {
      callback(null, `${chunk}!`);
    },
  });
  socket.pipe(shout).pipe(socket);
  socket.on("close", () => server.close());
});
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client");
  client.write("one");
  later(() => client.end("two"));
});
