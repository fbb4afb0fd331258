const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  peer.on("error", () => {});
  client.end("once");
  client.end("twice", (err) => note("second callback", err));
});
