const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  watch(client, "client");
  peer.resume();
  client.on("close", () => {
    throw new Error("in close");
  });
  client.end();
});
