const { log, pair, watch } = require("../prelude");

// Keep-alive and no-delay mean nothing to a unix socket, and do not hurt.
pair({ unix: true }, (client, peer) => {
  watch(client, "client");
  peer.resume();
  log("setKeepAlive", client.setKeepAlive(true, 1000) === client);
  log("setNoDelay", client.setNoDelay(true) === client);
  client.end();
});
