const { log, pair, rep, size } = require("../prelude");

// bytesWritten counts what is queued, too.
pair({}, (client, peer) => {
  peer.pause();
  client.write(rep("x", 8000000));
  client.write("abcé");
  client.write("00ff", "hex");
  log("queued", client.bytesWritten);
  client.cork();
  client.write("more");
  log("corked", client.bytesWritten);
  let total = 0;
  peer.on("data", (data) => {
    total = total + size(data);
  });
  peer.on("end", () => log("received", total, peer.bytesRead));
  peer.resume();
  client.end();
  client.on("close", () => log("closed", client.bytesWritten));
});
