const { later, pair, watch } = require("../prelude");

// pause() on the source of a pipe, and resume().
pair({}, (client, peer) => {
  pair({}, (target, sink) => {
    const note = watch(sink, "sink", ["data", "end"]);
    target.resume();
    peer.resume();
    client.pipe(target);
    peer.write("one ");
    later(() => {
      client.pause();
      note("paused", client.isPaused());
      peer.write("two ");
      later(() => {
        note("resume");
        client.resume();
        later(() => peer.end("three"));
      });
    });
  });
});
