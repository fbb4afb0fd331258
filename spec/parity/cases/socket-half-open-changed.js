const { later, pair, watch } = require("../prelude");

// The field may be set later.
pair({}, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer");
  client.allowHalfOpen = true;
  client.on("end", () => later(() => {
    note("state", client.readyState);
    client.end("late");
  }));
  peer.end();
});
