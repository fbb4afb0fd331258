const { actor, nextTick, pair, setImmediate, watch } = require("../prelude");

// Writes out of write callbacks, drain and data.
pair({}, (client, peer) => {
  watch(peer, "peer", ["data", "end"]);
  const note = actor("client");
  client.resume();
  client.write("1", () => {
    note("callback 1");
    client.write("3", () => {
      note("callback 3");
      client.end("4");
    });
  });
  client.write("2", () => note("callback 2"));
  nextTick(() => note("tick"));
  setImmediate(() => note("immediate"));
});
