const { later, pair, watch } = require("../prelude");

// Writes of one's own between what a pipe carries.
pair({}, (client, peer) => {
  pair({}, (target, sink) => {
    const note = watch(sink, "sink", ["data", "end"]);
    target.resume();
    peer.resume();
    target.write("before ");
    client.pipe(target);
    peer.write("piped ");
    later(() => {
      target.write("between ", () => note("written"));
      later(() => peer.end("and more"));
    });
  });
});
