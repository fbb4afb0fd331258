const { later, pair, watch } = require("../prelude");

// Writes to a peer that has gone.
pair({ client: { allowHalfOpen: true } }, (client, peer) => {
  const note = watch(client, "client", ["end", "finish", "close"]);
  client.resume();
  client.on("error", (err) => note("error", err.code === "EPIPE" || err.code === "ECONNRESET", err.syscall));
  client.on("end", () => later(() => {
    client.write("first", (err) => note("first", err));
    later(() => client.write("second", (err) => note("second", err.code)));
  }));
  peer.destroy();
});
