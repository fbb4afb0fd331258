const { attempt, log, net, watch } = require("../prelude");

// A descriptor that is no socket.
const server = net.createServer();
watch(server, "server");
log("throws", attempt(() => server.listen({ fd: 0 }) === server));
