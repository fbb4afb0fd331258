const { fieldsOf, log, pair } = require("../prelude");

pair({ unix: true }, (client, peer) => {
  const fields = ["localAddress", "localPort", "localFamily", "remoteAddress", "remotePort", "remoteFamily"];
  log("client", fieldsOf(client, fields), client.address());
  log("peer", fieldsOf(peer, fields), peer.address());
  client.destroy();
  peer.destroy();
});
