const { later, log, pair } = require("../prelude");

// The peer's end is traffic: the time begins anew.
pair({ server: { allowHalfOpen: true } }, (client, peer) => {
  peer.on("end", () => log("end"));
  peer.on("timeout", () => {
    log("timeout");
    peer.destroy();
  });
  peer.resume();
  peer.setTimeout(400);
  later(() => client.end(), 250);
  later(() => log("still quiet"), 500);
});
