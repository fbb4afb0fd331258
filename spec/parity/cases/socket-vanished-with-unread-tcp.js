const { later, pair, watch } = require("../prelude");

pair({ server: { pauseOnConnect: true } }, (client, peer) => {
  const note = watch(client, "client");
  note("write", client.write("never read"));
  later(() => peer.destroy());
});
