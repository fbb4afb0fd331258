const { pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    const note = watch(client, name);
    peer.on("error", () => {});
    peer.resume();
    client.on("data", () => {
      client.destroy();
      note("destroyed", client.destroyed);
    });
    peer.write("x");
  });
}
