const { pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    const note = watch(client, name);
    peer.resume();
    peer.on("error", () => {});
    client.end();
    note("write", client.write("x", (err) => note("callback", err)));
    note("state", client.destroyed);
  });
}
