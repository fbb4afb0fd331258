const { later, pair, watch } = require("../prelude");

// The client keeps writing after the peer's end.
pair({ client: { allowHalfOpen: true } }, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer");
  client.on("end", () => {
    note("state", client.readyState, client.readable, client.writable, client.destroyed);
    later(() => client.end("still writing"));
  });
  peer.end("that was all");
});
