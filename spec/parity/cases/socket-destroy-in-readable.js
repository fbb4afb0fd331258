const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "error", "close"]);
  peer.on("error", () => {});
  peer.resume();
  client.on("readable", () => {
    note("readable", client.readableLength);
    client.destroy();
    note("read", client.read());
  });
  peer.write("unread");
});
