const { later, pair, watch } = require("../prelude");

pair({ unix: true, client: { allowHalfOpen: true } }, (client, peer) => {
  const note = watch(client, "client");
  client.on("end", () => later(() => client.write("x", (err) => note("callback", err))));
  peer.destroy();
});
