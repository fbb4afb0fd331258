const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  client.setTimeout(20, () => note("never"));
  client.setTimeout(0);
  note("field", client.timeout, client.listenerCount("timeout"));
  later(() => client.end(), 60);
});
