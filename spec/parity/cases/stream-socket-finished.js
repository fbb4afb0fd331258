const { finished, log, pair } = require("../prelude");

pair({}, (client, peer) => {
  finished(client, (err) => log("client", err));
  finished(peer, (err) => log("peer", err));
  peer.resume();
  client.resume();
  client.end("bye");
});
