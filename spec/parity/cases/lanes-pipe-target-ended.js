const { PassThrough, later, log, pair, watch } = require("../prelude");

// The target of a pipe is ended by somebody else.
pair({}, (client, peer) => {
  const sink = new PassThrough();
  watch(sink, "sink", ["data", "end", "error", "close"]);
  watch(client, "source", ["end", "error", "close"]);
  peer.on("error", () => {});
  peer.resume();
  client.pipe(sink);
  peer.write("one");
  later(() => {
    sink.end();
    peer.write("two");
    later(() => {
      log("source", client.destroyed);
      client.destroy();
    });
  });
});
