const { actor, listen, log, net, watch } = require("../prelude");

// Every legal way to say where to.
const count = 12;
let left = count;
const server = net.createServer((socket) => {
  socket.resume();
  socket.end();
});
let port;
const variant = (name, start) => {
  const note = actor(name);
  const called = (...args) => note("callback", ...args);
  const socket = start(called);
  watch(socket, name, ["connect", "ready", "lookup", "error", "close"]);
  socket.resume();
  note("socket", socket);
  note("state", socket.connecting, socket.pending, socket.readyState);
  socket.on("close", () => {
    left = left - 1;
    if (left === 0) server.close(() => log("all closed"));
  });
};
listen(server, (bound) => {
  port = bound;
  const host = "127.0.0.1";
  variant("connect(port, host)", () => net.connect(port, host));
  variant("connect(port, host, fn)", (called) => net.connect(port, host, called));
  variant("connect(options)", () => net.connect({ port, host }));
  variant("connect(options, fn)", (called) => net.connect({ port, host }, called));
  variant("createConnection(port, host, fn)", (called) => net.createConnection(port, host, called));
  variant("createConnection(options, fn)", (called) => net.createConnection({ port, host }, called));
  variant("socket.connect(port, host)", () => new net.Socket().connect(port, host));
  variant("socket.connect(port, host, fn)", (called) => new net.Socket().connect(port, host, called));
  variant("socket.connect(options)", () => new net.Socket().connect({ port, host }));
  variant("socket.connect(options, fn)", (called) => new net.Socket().connect({ port, host }, called));
  variant("port as digits", (called) => net.connect(`${port}`, host, called));
  variant("port as digits in options", (called) => net.connect({ port: `${port}`, host }, called));
});
