const { net, watch } = require("../prelude");

// Closed in the same breath: no listening event comes.
const server = net.createServer();
const note = watch(server, "server");
server.listen(0, "127.0.0.1", () => note("listening callback"));
server.close((...args) => note("close callback", ...args));
note("listening", server.listening);
