const { newError, nextTick, pair, watch } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const name = unix ? "unix" : "tcp";
    const note = watch(client, name);
    watch(peer, `${name} peer`);
    client.destroy(newError("my own"));
    note("state", client.destroyed, client.readable, client.writable);
    nextTick(() => note("tick"));
  });
}
