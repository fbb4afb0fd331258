const { net, newError, watch } = require("../prelude");

const client = net.connect(1, "127.0.0.1");
const note = watch(client, "client");
client.on("error", () => {
  client.destroy(newError("another"));
  note("again", client.destroyed, client.errored.code);
});
