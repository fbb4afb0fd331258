const { PassThrough, later, log, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const sink = new PassThrough();
  watch(sink, "sink", ["data", "end", "unpipe"]);
  peer.resume();
  client.pipe(sink);
  client.once("data", () => client.unpipe(sink));
  peer.write("first");
  later(() => {
    log("state", client.readableFlowing, client.isPaused());
    peer.write("second");
    later(() => {
      log("kept", client.readableLength);
      client.destroy();
    });
  });
});
