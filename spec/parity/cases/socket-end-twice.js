const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer", ["data", "end", "close"]);
  client.end("once", () => note("first callback"));
  client.end((err) => note("second callback", err));
  client.on("close", () => client.end((err) => note("callback after close", err)));
});
