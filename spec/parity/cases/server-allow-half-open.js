const { later, listen, net, watch } = require("../prelude");

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  const peer = watch(socket, "peer");
  server.close();
  peer("half-open", socket.allowHalfOpen);
  socket.on("end", () => {
    peer("state", socket.readyState);
    later(() => socket.end("late answer"));
  });
});
watch(server, "server", ["close"]);
listen(server, (port) => {
  const client = net.connect(port, "127.0.0.1");
  watch(client, "client");
  client.end("question");
});
