const { exists, net, tempPath, watch } = require("../prelude");

const variant = (name, start) => {
  const server = net.createServer();
  const note = watch(server, name);
  const path = tempPath();
  const called = (...args) => {
    note("callback", ...args);
    note("address", server.address());
    note("exists", exists(path));
    server.close(() => note("exists", exists(path)));
  };
  note("returns itself", start(server, path, called) === server);
  note("listening", server.listening);
};

variant("path, callback", (server, path, called) => server.listen(path, called));
variant("path, backlog, callback", (server, path, called) => server.listen(path, 3, called));
variant("path, nothing, callback", (server, path, called) => server.listen(path, undefined, called));
