const { attempt, net, watch } = require("../prelude");

// close() and listen() in one callback: the close event of the first comes while the second is on its way.
const server = net.createServer();
const note = watch(server, "server");
let first = true;
server.listen(0, "127.0.0.1", () => note("first callback"));
server.on("listening", () => {
  if (first) {
    first = false;
    server.close(() => note("close callback", server.listening));
    note("again", attempt(() => server.listen(0, "127.0.0.1", () => note("second callback")) === server));
  } else {
    server.close();
  }
});
