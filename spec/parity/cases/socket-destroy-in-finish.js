const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer");
  client.on("finish", () => {
    note("destroy");
    client.destroy();
  });
  client.end("x");
});
