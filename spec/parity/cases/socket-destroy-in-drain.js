const { actor, pair, rep } = require("../prelude");

pair({ server: { pauseOnConnect: true } }, (client, peer) => {
  const note = actor("client");
  client.resume();
  client.on("drain", () => {
    note("drain");
    client.destroy();
  });
  client.on("close", (hadError) => note("close", hadError));
  client.write(rep("x", 8000000), (err) => note("callback", err));
  peer.on("error", () => {});
  peer.resume();
});
