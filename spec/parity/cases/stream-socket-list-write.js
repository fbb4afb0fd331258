const { pair, watch } = require("../prelude");

// Several pieces in one write: a list here, several corked writes there.
pair({}, (client, peer) => {
  const note = watch(client, "client", ["finish", "close"]);
  watch(peer, "peer", ["data", "end"]);
  client.resume();
  client.cork();
  client.write("one ");
  client.write("two ");
  client.write("three", () => note("callback"));
  client.uncork();
  note("bytes", client.bytesWritten);
  client.end();
});
