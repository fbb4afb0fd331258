const { pair, watch } = require("../prelude");

// Both sides end at once.
for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    watch(client, `${name} client`, ["data", "end", "error", "close"]);
    watch(peer, `${name} peer`, ["data", "end", "error", "close"]);
    client.end("from the client");
    peer.end("from the peer");
  });
}
