const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  watch(client, "client", ["error", "finish", "end", "close"]);
  watch(peer, "peer");
  client.resume();
  client.write("one", () => {
    throw new Error("in the callback");
  });
  later(() => client.end("two"));
});
