const { nextTick, pair, watch } = require("../prelude");

// In the order of the writes, each once, before finish.
pair({}, (client, peer) => {
  const note = watch(client, "client", ["finish", "end", "close"]);
  watch(peer, "peer", ["data", "end"]);
  client.resume();
  note("one", client.write("1", () => note("callback one")));
  note("two", client.write("2", "utf8", () => note("callback two")));
  nextTick(() => note("tick"));
  client.end("3", () => note("callback end"));
});
