const { later, pair, watch } = require("../prelude");

// A listener takes itself away, another takes its place.
pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "close"]);
  peer.resume();
  const second = (data) => note("second", data);
  client.once("data", (data) => {
    note("first", data);
    client.on("data", second);
  });
  peer.write("one");
  later(() => peer.end("two"));
});
