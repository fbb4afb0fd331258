const { pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const note = watch(client, unix ? "unix" : "tcp");
    watch(peer, unix ? "unix peer" : "tcp peer", ["data", "end", "close"]);
    client.end("last words", (err) => note("end callback", err));
    client.destroy();
    note("state", client.destroyed, client.writableFinished);
  });
}
