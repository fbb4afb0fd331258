const { pair, rep, watch } = require("../prelude");

// Destroyed with data that the peer does not take: its callbacks get an error.
for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    const note = watch(client, name);
    peer.pause();
    peer.on("error", () => {});
    client.write(rep("x", 8000000), (err) => note("first", err));
    client.write("y", (err) => note("second", err));
    note("queued", client.writableNeedDrain, client.writableLength > 0);
    client.end((err) => note("end", err));
    client.destroy();
    client.on("close", () => peer.destroy());
  });
}
