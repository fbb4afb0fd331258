const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "close"]);
  peer.resume();
  client.on("data", (data) => note("first", data));
  client.once("data", (data) => note("once", data));
  client.prependListener("data", (data) => note("before", data));
  peer.write("one");
  later(() => peer.end("two"));
});
