const { actor, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  watch(peer, "peer", ["data", "end"]);
  const note = actor("client");
  client.resume();
  note("write", client.write("é", "utf8"));
  note("write", client.write("é", "latin1"));
  note("write", client.write("é", "ucs2"));
  note("write", client.write("6869", "hex"));
  note("write", client.write("aGk=", "base64"));
  note("write", client.write("aGk", "base64url"));
  note("bytes", client.bytesWritten);
  client.end("21", "hex");
});
