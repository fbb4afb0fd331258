const { log, pair } = require("../prelude");

// Only an unref'd socket is left: the loop ends.
pair({}, (client, peer) => {
  client.on("close", () => log("never"));
  client.resume();
  peer.resume();
  client.unref();
  peer.unref();
  log("unref'd");
});
