const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const one = watch(client, "client");
  const two = watch(peer, "peer");
  client.on("data", () => one("bytes", client.bytesRead, client.bytesWritten));
  peer.on("end", () => {
    two("bytes", peer.bytesRead, peer.bytesWritten);
    peer.end("answer");
  });
  client.write("0123456789");
  one("written", client.bytesWritten);
  client.write("é");
  client.write("00ff", "hex");
  one("written", client.bytesWritten);
  client.end();
  client.on("close", () => one("after close", client.bytesRead, client.bytesWritten));
  peer.on("close", () => two("after close", peer.bytesRead, peer.bytesWritten));
  peer.allowHalfOpen = true;
});
