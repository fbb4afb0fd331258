const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer");
  client.write("last words");
  client.destroySoon();
  note("state", client.destroyed, client.writable);
});
