const { later, log, pair, watch } = require("../prelude");

// Nobody reads: neither end nor close comes.
pair({}, (client, peer) => {
  watch(client, "client", ["end", "close", "finish"]);
  watch(peer, "peer", ["finish", "close"]);
  peer.end("unread");
  later(() => {
    log("state", client.destroyed, client.readableLength, client.readyState);
    client.destroy();
    peer.destroy();
  }, 60);
});
