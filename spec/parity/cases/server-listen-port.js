const { net, watch } = require("../prelude");

// Every legal way to give a port, with and without the rest.
const variant = (name, start) => {
  const server = net.createServer();
  const note = watch(server, name);
  const called = (...args) => {
    note("callback", ...args);
    note("address", server.address());
    server.close();
  };
  note("returns itself", start(server, called) === server);
  note("listening", server.listening);
};

variant("callback only", (server, called) => server.listen(called));
variant("port, callback", (server, called) => server.listen(0, called));
variant("port, host, callback", (server, called) => server.listen(0, "127.0.0.1", called));
variant("port, host, backlog, callback", (server, called) => server.listen(0, "127.0.0.1", 5, called));
variant("port, backlog, callback", (server, called) => server.listen(0, 5, called));
variant("port, nothing, callback", (server, called) => server.listen(0, undefined, called));
variant("port, nothing, backlog, callback", (server, called) => server.listen(0, undefined, 7, called));
variant("port as digits", (server, called) => server.listen("0", called));
variant("port as digits and host", (server, called) => server.listen("0", "127.0.0.1", called));
variant("port nothing", (server, called) => server.listen(undefined, called));
variant("port nothing, host", (server, called) => server.listen(undefined, "127.0.0.1", called));
