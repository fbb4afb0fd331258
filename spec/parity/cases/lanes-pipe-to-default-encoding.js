const { bytes, pair, watch } = require("../prelude");

// Bytes in a pipe are bytes, whatever the target's default encoding.
pair({}, (client, peer) => {
  pair({}, (target, sink) => {
    watch(sink, "sink", ["data", "end"]);
    target.resume();
    peer.resume();
    client.pipe(target);
    peer.end(bytes(0xc3, 0xa9, 0xff));
  });
});
