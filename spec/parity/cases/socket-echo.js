const { later, pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    watch(client, `${name} client`, ["data", "end", "error", "finish", "close"]);
    watch(peer, `${name} peer`, ["end", "error", "finish", "close"]);
    peer.pipe(peer);
    client.write("one,");
    client.write("two,");
    later(() => client.end("three"));
  });
}
