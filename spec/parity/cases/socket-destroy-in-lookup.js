const { net, nextTick, watch } = require("../prelude");

const lookup = (host, options, callback) => nextTick(() => callback(null, [{ address: "127.0.0.1", family: 4 }]));
const client = net.connect({ port: 1, host: "some.host", lookup });
const note = watch(client, "client");
client.on("lookup", () => {
  client.destroy();
  note("destroyed", client.connecting, client.destroyed);
});
