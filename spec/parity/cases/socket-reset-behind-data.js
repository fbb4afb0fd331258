const { later, pair, watch } = require("../prelude");

// The peer goes with data unread, right behind its last words: that is no end in order.
for (const unix of [false, true]) {
  pair({ unix, server: { pauseOnConnect: true } }, (client, peer) => {
    watch(client, unix ? "unix" : "tcp", ["data", "end", "error", "close"]);
    client.write("nobody reads this");
    later(() => {
      peer.write("bye");
      peer.destroy();
    });
  });
}
