const { later, log, pair } = require("../prelude");

// bytesWritten counts what was handed over, also when the system then refused it.
pair({ unix: true, client: { allowHalfOpen: true } }, (client, peer) => {
  client.resume();
  client.on("error", (err) => log("error", err.code));
  client.on("close", () => log("close", client.bytesWritten));
  client.write("taken");
  peer.on("data", () => peer.destroy());
  client.on("end", () => later(() => {
    client.write("refused");
    log("at once", client.bytesWritten);
  }));
});
