const { attempt, net, tempPath, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server");
server.listen(0, "127.0.0.1");
note("second, at once", attempt(() => server.listen(0, "127.0.0.1")));
server.on("listening", () => {
  note("second, later", attempt(() => server.listen(0)));
  note("second, path", attempt(() => server.listen(tempPath())));
  note("still listening", server.listening);
  server.close();
});
