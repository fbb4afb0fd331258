const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer");
  client.setTimeout(20, () => {
    note("timeout callback");
    client.destroy();
  });
});
