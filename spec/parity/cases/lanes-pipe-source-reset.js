const { later, log, pair, watch } = require("../prelude");

// The source of a pipe is reset: the target stays, unended.
pair({}, (client, peer) => {
  pair({}, (target, sink) => {
    watch(sink, "sink", ["data", "end"]);
    watch(client, "source", ["end", "error", "close"]);
    target.resume();
    client.pipe(target);
    peer.write("one");
    later(() => {
      peer.resetAndDestroy();
      later(() => {
        log("target", target.destroyed, target.writableEnded);
        target.end(" and out");
      });
    });
  });
});
