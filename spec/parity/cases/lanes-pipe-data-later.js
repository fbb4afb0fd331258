const { actor, later, pair, watch } = require("../prelude");

// A listener comes while the pipe is running, and goes again.
pair({}, (client, peer) => {
  pair({}, (target, sink) => {
    const note = actor("tap");
    watch(sink, "sink", ["data", "end"]);
    target.resume();
    peer.resume();
    client.pipe(target);
    const tap = (data) => note("data", data);
    peer.write("one ");
    later(() => {
      client.on("data", tap);
      peer.write("two ");
      later(() => {
        client.off("data", tap);
        peer.write("three ");
        later(() => peer.end("four"));
      });
    });
  });
});
