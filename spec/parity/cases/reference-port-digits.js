const { listen, net, watch } = require("../prelude");

// A port may be given as digits.
const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
});
listen(server, (port) => {
  let left = 3;
  const variant = (name, socket) => {
    const note = watch(socket, name);
    socket.on("connect", () => note("same port", socket.remotePort === port));
    socket.on("close", () => {
      left -= 1;
      if (left === 0) server.close();
    });
  };
  variant("argument", net.connect(String(port), "127.0.0.1"));
  variant("option", net.connect({ port: String(port), host: "127.0.0.1" }));
  variant("method", new net.Socket().connect(String(port), "127.0.0.1"));
});
