const { pair, watch } = require("../prelude");

// A user's own emit of data, and a listener for newListener.
pair({}, (client, peer) => {
  const note = watch(client, "client", ["close"]);
  client.on("newListener", (event) => note("newListener", event));
  client.on("data", (data) => note("data", data));
  note("emit", client.emit("data", "made up"));
  peer.resume();
  peer.end("real");
});
