const { net, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server");
let times = 0;
server.on("listening", () => {
  times = times + 1;
  note("family", server.address().family);
  server.close();
});
server.on("close", () => {
  note("listening", server.listening);
  note("address", server.address());
  if (times < 3) server.listen(0, "127.0.0.1");
});
server.listen(0, "::1");
