const { net, watch } = require("../prelude");

// A handle itself, or whatever has one, will do.
const first = net.createServer();
first.listen(0, "127.0.0.1", () => {
  const port = first.address().port;
  const variant = (name, what, done) => {
    const server = net.createServer();
    const note = watch(server, name);
    const returned = server.listen(what, () => {
      note("same port", server.address().port === port);
      done(server);
    });
    note("returns itself", returned === server);
  };
  variant("has one", { _handle: first._handle }, () => {
    variant("is one", first._handle, (server) => {
      server.close();
      first.close();
    });
  });
});
