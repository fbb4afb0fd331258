const { later, pair, watch } = require("../prelude");

// An echo over two sockets piped into each other, with a tail of each.
pair({}, (client, peer) => {
  pair({}, (other, far) => {
    watch(peer, "left", ["data", "end", "close"]);
    watch(far, "right", ["data", "end", "close"]);
    client.pipe(other);
    other.pipe(client);
    peer.write("from the left");
    far.write("from the right");
    later(() => {
      peer.end();
      later(() => far.end());
    });
  });
});
