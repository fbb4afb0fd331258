const { exists, net, tempPath, watch } = require("../prelude");

const path = tempPath();
const server = net.createServer();
const note = watch(server, "server");
let times = 0;
server.on("listening", () => {
  times = times + 1;
  server.close();
});
server.on("close", () => {
  note("exists", exists(path));
  if (times < 2) server.listen(path);
});
server.listen(path);
