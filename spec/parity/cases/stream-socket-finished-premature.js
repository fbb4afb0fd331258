const { finished, log, pair } = require("../prelude");

pair({}, (client, peer) => {
  finished(client, (err) => log("client", err));
  client.resume();
  peer.resume();
  client.destroy();
});
