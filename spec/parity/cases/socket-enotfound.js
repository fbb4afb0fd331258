const { net, watch } = require("../prelude");

const client = net.connect(80, "no.such.host.invalid");
const note = watch(client, "client", ["connect", "end", "close"]);
client.on("lookup", (err, address, family, host) => note("lookup", err.code, address, family, host));
client.on("error", (err) => note("error", err.message, err.code, err.syscall, err.hostname));
note("state", client.connecting, client.pending);
