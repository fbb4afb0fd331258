const { newError, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  client.destroy(newError("first"));
  client.destroy(newError("second"));
  note("errored", client.errored);
});
