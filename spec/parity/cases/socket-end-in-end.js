const { pair, watch } = require("../prelude");

// Half-open: the answer to FIN is FIN.
pair({ client: { allowHalfOpen: true } }, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer");
  client.on("end", () => {
    client.end("answer", () => note("callback"));
    note("ended", client.writableEnded);
  });
  peer.end("question");
});
