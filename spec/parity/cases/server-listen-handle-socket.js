const { attempt, later, net, pair, watch } = require("../prelude");

// A connected socket's handle cannot listen.
pair({}, (client, peer) => {
  const server = net.createServer();
  const note = watch(server, "server", ["listening", "close"]);
  client.on("error", () => {});
  note("returns itself", attempt(() => server.listen(client) === server));
  note("listening", server.listening);
  server.on("error", (err) => {
    note("error", err.message, err.errno, err.syscall, server.listening);
    later(() => {
      client.destroy();
      peer.destroy();
    });
  });
});
