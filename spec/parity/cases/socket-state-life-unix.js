const { actor, fieldsOf, pair } = require("../prelude");

const fields = ["connecting", "pending", "readyState", "destroyed", "localAddress", "localPort", "remoteAddress",
  "remotePort", "remoteFamily", "bytesRead", "bytesWritten"];
pair({ unix: true }, (client, peer) => {
  const note = actor("client");
  peer.resume();
  client.resume();
  note("connected", fieldsOf(client, fields), client.address());
  client.on("close", () => note("close", fieldsOf(client, fields), client.address()));
  peer.on("close", () => actor("peer")("close", fieldsOf(peer, fields)));
  actor("peer")("connected", fieldsOf(peer, fields));
  client.end("hello");
});
