const { actor, net, nextTick } = require("../prelude");

// The callback comes with the close event, in the order of the listeners.
const server = net.createServer();
const note = actor("server");
server.on("close", (...args) => note("first listener", ...args));
server.listen(0, "127.0.0.1", () => {
  note("returns itself", server.close((...args) => note("callback", ...args)) === server);
  note("listening", server.listening);
  note("address", server.address());
  server.on("close", (...args) => note("last listener", ...args));
  nextTick(() => note("tick"));
});
