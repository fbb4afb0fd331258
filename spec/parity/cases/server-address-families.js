const { actor, net } = require("../prelude");

const variant = (name, host) => {
  const server = net.createServer();
  const note = actor(name);
  server.listen(0, host, () => {
    const address = server.address();
    note("address", address);
    note("port is a number", typeof address.port, address.port > 0);
    server.close();
  });
};
variant("loopback 4", "127.0.0.1");
variant("any 4", "0.0.0.0");
variant("loopback 6", "::1");
variant("any 6", "::");
variant("mapped", "::ffff:127.0.0.1");
variant("none", undefined);
