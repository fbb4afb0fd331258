const { later, listen, net, watch } = require("../prelude");

// Two pipes between two pairs of sockets.
const origin = net.createServer((socket) => {
  watch(socket, "origin");
  socket.on("end", () => origin.close());
  socket.write("welcome ");
  socket.pipe(socket);
});
const proxy = net.createServer((socket) => {
  proxy.close();
  const upstream = net.connect(target, "127.0.0.1");
  watch(upstream, "upstream", ["end", "finish", "error", "close"]);
  socket.pipe(upstream);
  upstream.pipe(socket);
});
let target;
listen(origin, (port) => {
  target = port;
  listen(proxy, (own) => {
    const client = net.connect(own, "127.0.0.1");
    watch(client, "client");
    client.write("one ");
    later(() => client.end("two"), 60);
  });
});
