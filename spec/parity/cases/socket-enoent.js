const { log, net, tempPath, watch } = require("../prelude");

const client = net.connect(tempPath("nobody"), () => log("never"));
const note = watch(client, "client", ["connect", "end", "close"]);
client.on("error", (err) => note("error", err.message, err.code, err.errno, err.syscall, err.address));
note("state", client.connecting, client.pending, client.readyState, client.destroyed);
