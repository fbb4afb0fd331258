const { log, net, watch } = require("../prelude");

const client = net.connect(1, "127.0.0.1", () => log("never"));
const note = watch(client, "client");
note("state", client.connecting, client.pending, client.readyState);
client.on("error", () => note("in error", client.connecting, client.pending, client.destroyed, client.readyState));
client.on("close", () => note("in close", client.connecting, client.pending, client.destroyed, client.readyState));
