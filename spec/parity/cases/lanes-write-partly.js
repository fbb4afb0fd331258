const { log, pair, rep } = require("../prelude");

const SIZE = 100000;

// Of what the system takes in part, the whole counts as queued until it is gone.
pair({ unix: true }, (client, peer) => {
  peer.pause();
  const data = rep("x", SIZE);
  let writes = 0;
  do {
    writes += 1;
    client.write(data);
  } while (client.writableLength === 0);
  log("queued", client.writableLength, client.bytesWritten === writes * SIZE, client.writableNeedDrain);
  client.on("drain", () => {
    log("drain", client.writableLength, client.bytesWritten === writes * SIZE);
    client.destroy();
  });
  peer.resume();
});
