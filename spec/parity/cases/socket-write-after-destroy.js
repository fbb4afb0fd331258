const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  client.destroy();
  note("write", client.write("x", (err) => note("callback", err)));
  client.on("close", () => {
    note("write", client.write("y", (err) => note("callback", err)));
  });
});
