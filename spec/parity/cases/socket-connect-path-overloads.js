const { actor, log, net, tempPath, watch } = require("../prelude");

const path = tempPath();
let left = 6;
const server = net.createServer((socket) => {
  socket.resume();
  socket.end("hi");
});
const variant = (name, start) => {
  const note = actor(name);
  const called = (...args) => note("callback", ...args);
  const socket = start(called);
  watch(socket, name);
  note("state", socket.connecting, socket.pending, socket.readyState);
  socket.on("close", () => {
    left = left - 1;
    if (left === 0) server.close(() => log("all closed"));
  });
};
server.listen(path, () => {
  variant("connect(path)", () => net.connect(path));
  variant("connect(path, fn)", (called) => net.connect(path, called));
  variant("connect(options, fn)", (called) => net.connect({ path }, called));
  variant("createConnection(path)", () => net.createConnection(path));
  variant("socket.connect(path, fn)", (called) => new net.Socket().connect(path, called));
  variant("path before port", (called) => net.connect({ path, port: 1 }, called));
});
