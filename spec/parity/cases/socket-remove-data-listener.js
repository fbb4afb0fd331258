const { actor, later, nextTick, pair, size } = require("../prelude");

// Without a data listener the flow goes on, and data is lost.
pair({}, (client, peer) => {
  const note = actor("client");
  const listener = (data) => note("data", size(data));
  client.on("data", listener);
  note("flowing", client.readableFlowing);
  client.removeListener("data", listener);
  note("flowing", client.readableFlowing);
  nextTick(() => note("in a tick", client.readableFlowing));
  peer.resume();
  peer.end("lost");
  later(() => {
    note("later", client.bytesRead, client.readableFlowing, client.destroyed);
    client.resume();
    client.on("close", () => note("close"));
  }, 60);
});
