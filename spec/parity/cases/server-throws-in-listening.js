const { later, log, net } = require("../prelude");

const server = net.createServer();
server.on("listening", () => {
  throw new Error("in listening");
});
server.listen(0, "127.0.0.1");
later(() => {
  log("listening", server.listening);
  server.close(() => log("closed"));
});
