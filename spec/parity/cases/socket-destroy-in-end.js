const { pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    const note = watch(client, name);
    peer.resume();
    client.on("end", () => {
      client.destroy();
      note("destroyed", client.destroyed, client.writable);
    });
    peer.end("x");
  });
}
