const { later, pair, watch } = require("../prelude");

pair({ unix: true, client: { allowHalfOpen: true }, server: { allowHalfOpen: true } }, (client, peer) => {
  const one = watch(client, "client");
  const two = watch(peer, "peer");
  client.on("end", () => one("state", client.readyState));
  peer.on("end", () => {
    two("state", peer.readyState);
    later(() => peer.end("answer"));
  });
  client.end("question");
});
