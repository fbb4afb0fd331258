const { later, log, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  watch(client, "client");
  peer.resume();
  client.setTimeout(20, () => log("never"));
  client.destroy();
  later(() => log("waited"), 60);
});
