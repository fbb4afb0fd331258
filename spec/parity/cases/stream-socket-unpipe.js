const { PassThrough, later, log, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const sink = new PassThrough();
  watch(sink, "sink", ["pipe", "unpipe", "data", "end"]);
  peer.resume();
  client.pipe(sink);
  peer.write("one");
  later(() => {
    client.unpipe(sink);
    peer.write("two");
    later(() => {
      log("kept", client.readableLength, client.readableFlowing);
      client.pipe(sink);
      peer.end("three");
    });
  });
});
