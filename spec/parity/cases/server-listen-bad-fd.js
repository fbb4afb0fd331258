const { attempt, net, watch } = require("../prelude");

const variant = (name, fd) => {
  const server = net.createServer();
  const note = watch(server, name);
  note("throws", attempt(() => server.listen({ fd }) === server));
  note("listening", server.listening);
  note("address", server.address());
};
variant("not open", 1000000);
variant("negative", -1);
