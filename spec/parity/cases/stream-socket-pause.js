const { later, pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const note = watch(client, unix ? "unix" : "tcp");
    peer.resume();
    client.pause();
    note("paused", client.isPaused(), client.readableFlowing);
    peer.end("waits");
    later(() => {
      note("resume");
      client.resume();
    });
  });
}
