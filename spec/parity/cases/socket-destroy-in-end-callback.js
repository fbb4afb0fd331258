const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer", ["data", "end"]);
  client.end("bye", () => {
    note("callback");
    client.destroy();
  });
});
