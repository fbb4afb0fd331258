const { later, log, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  watch(client, "client", ["data", "end", "close"]);
  watch(peer, "peer", ["end", "close"]);
  client.on("end", () => {
    throw new Error("in end");
  });
  peer.end("x");
  later(() => {
    log("destroyed", client.destroyed);
    client.destroy();
    peer.destroy();
  }, 60);
});
