const { later, pair, watch } = require("../prelude");

// The target of a pipe goes: the source is left alone.
pair({}, (client, peer) => {
  pair({}, (other, sink) => {
    watch(client, "source", ["data", "end", "error", "close"]);
    other.resume();
    other.on("error", () => {});
    sink.on("error", () => {});
    const note = watch(sink, "sink", ["unpipe", "close"]);
    client.pipe(sink);
    peer.resume();
    peer.write("one");
    later(() => {
      sink.destroy();
      later(() => {
        note("source", client.destroyed, client.isPaused());
        peer.end();
        client.resume();
      });
    });
  });
});
