const { bytes, later, pair, watch } = require("../prelude");

// setEncoding() means utf8.
pair({ unix: true }, (client, peer) => {
  const note = watch(client, "client", ["data", "end"]);
  peer.resume();
  note("returns itself", client.setEncoding() === client);
  peer.write(bytes(226, 130));
  later(() => peer.end(bytes(172, 255)), 10);
});
