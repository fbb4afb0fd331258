const { net, watch } = require("../prelude");

const server = net.createServer();
const note = watch(server, "server", ["listening", "close"]);
server.on("error", (err) => note("error", err.code, err.syscall, err.hostname));
server.listen(0, "no.such.host.invalid");
note("listening", server.listening);
