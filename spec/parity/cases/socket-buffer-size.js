const { log, pair, rep } = require("../prelude");

pair({}, (client, peer) => {
  log("idle", client.bufferSize, client.writableLength);
  peer.pause();
  client.write(rep("x", 8000000));
  client.write("yyyy");
  log("queued", client.bufferSize > 0, client.bufferSize === client.writableLength);
  client.on("error", () => {});
  client.destroy();
  peer.destroy();
});
