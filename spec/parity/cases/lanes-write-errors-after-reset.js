const { actor, later, pair, rep } = require("../prelude");

// Each write gets its callback, also when the connection has broken.
pair({ client: { allowHalfOpen: true }, server: { pauseOnConnect: true } }, (client, peer) => {
  const note = actor("client");
  let answers = 0;
  client.on("error", (err) => note("error", err.code === "EPIPE" || err.code === "ECONNRESET"));
  client.on("close", (hadError) => note("close", hadError, answers));
  client.resume();
  const answer = () => {
    answers = answers + 1;
  };
  client.write(rep("x", 9000000), answer);
  client.write("y", answer);
  client.write("z", answer);
  later(() => peer.resetAndDestroy());
});
