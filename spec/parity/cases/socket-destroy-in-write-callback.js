const { pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    const note = watch(client, name);
    watch(peer, `${name} peer`, ["data", "end", "close"]);
    client.write("x", (err) => {
      note("written", err);
      client.destroy();
    });
  });
}
