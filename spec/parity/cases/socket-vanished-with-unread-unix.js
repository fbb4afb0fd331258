const { later, pair, watch } = require("../prelude");

// A peer of a unix socket that is destroyed with data it never read.
pair({ unix: true, server: { pauseOnConnect: true } }, (client, peer) => {
  const note = watch(client, "client");
  note("write", client.write("never read"));
  later(() => peer.destroy());
});
