const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "close"]);
  peer.resume();
  client.on("data", (data) => {
    note("data", data);
    client.pause();
    later(() => {
      note("resume");
      client.resume();
    });
  });
  peer.write("one");
  later(() => peer.end("two"), 10);
});
