const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client", ["finish", "drain", "close"]);
  watch(peer, "peer", ["data", "end"]);
  client.resume();
  client.cork();
  note("write", client.write("a", () => note("a")));
  note("write", client.write("b", () => note("b")));
  note("corked", client.writableCorked, client.writableLength, client.bytesWritten);
  client.uncork();
  note("uncorked", client.writableCorked, client.bytesWritten);
  client.end();
});
