const { pair, watch } = require("../prelude");

// The peer has said FIN, and without allowHalfOpen we answer at once.
pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  client.on("end", () => {
    note("write", client.write("too late", (err) => note("callback", err)));
  });
  peer.end();
});
