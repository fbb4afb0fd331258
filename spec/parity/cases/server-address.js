const { actor, net } = require("../prelude");

const server = net.createServer();
const note = actor("server");
note("new", server.address(), server.listening);
server.listen(0, "127.0.0.1");
note("before the event", server.address(), server.listening);
server.on("listening", () => {
  note("listening", server.address(), server.listening);
  server.close();
  note("closing", server.address(), server.listening);
});
server.on("close", () => note("closed", server.address(), server.listening));
