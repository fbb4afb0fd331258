const { later, pair, watch } = require("../prelude");

// An error that escapes a listener does not harm the connection.
pair({}, (client, peer) => {
  watch(client, "client");
  peer.resume();
  client.once("data", () => {
    throw new Error("in data");
  });
  peer.write("one");
  later(() => peer.end("two"));
});
