const { later, pair, rep, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "finish", "close"]);
  client.on("error", (err) => note("error", err.code));
  client.resume();
  peer.pause();
  client.write(rep("x", 8000000), (err) => note("callback", err));
  later(() => peer.resetAndDestroy());
});
