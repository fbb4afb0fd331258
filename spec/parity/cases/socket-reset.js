const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const one = watch(client, "client");
  const two = watch(peer, "peer");
  later(() => {
    two("returns itself", peer.resetAndDestroy() === peer);
    two("state", peer.destroyed, peer.readyState);
    one("before", client.destroyed);
  });
});
