const { later, log, net } = require("../prelude");

const server = net.createServer();
server.listen(0, "127.0.0.1", () => server.close(() => {
  throw new Error("in close");
}));
later(() => log("later", server.listening));
