const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "close"]);
  peer.resume();
  client.once("data", (data) => {
    note("first", data);
    client.pause();
    client.unshift("again: ");
    client.on("data", (more) => note("data", more));
    client.resume();
  });
  peer.write("head");
  later(() => peer.end("tail"));
});
