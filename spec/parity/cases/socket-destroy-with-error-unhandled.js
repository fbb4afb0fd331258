const { log, newError, pair } = require("../prelude");

pair({}, (client, peer) => {
  peer.resume();
  client.on("close", (hadError) => log("close", hadError));
  client.destroy(newError("nobody listens"));
});
