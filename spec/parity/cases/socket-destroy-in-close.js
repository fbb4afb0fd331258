const { newError, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  client.on("close", () => {
    client.destroy(newError("too late"));
    note("destroyed again");
  });
  client.end();
});
