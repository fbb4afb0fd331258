const { log, nextTick, pair } = require("../prelude");

// A write's callback comes in a tick, never within write.
pair({}, (client, peer) => {
  client.resume();
  peer.resume();
  nextTick(() => log("tick before"));
  client.write("x", () => log("callback"));
  nextTick(() => log("tick after"));
  log("after write");
  client.end();
});
