const { log, pair } = require("../prelude");

pair({ client: { highWaterMark: 10 }, server: { pauseOnConnect: true } }, (client, peer) => {
  log("mark", client.writableHighWaterMark, client.readableHighWaterMark);
  log("write", client.write("small"));
  peer.resume();
  client.resume();
  client.end();
});
