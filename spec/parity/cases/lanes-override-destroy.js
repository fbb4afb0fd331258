const { newError, pair, steps, watch } = require("../prelude");

// What a socket's own `_destroy` reports is emitted, where the peer's end is what destroys it.
pair({}, (client, peer) => {
  const add = watch(peer, "peer");
  const old = peer._destroy;
  peer._destroy = function (err, callback) {
    add("_destroy", err);
    return old.call(this, err, (failure) => {
      add("destroyed", failure);
      callback(newError("mine"));
    });
  };
  steps([
    () => client.write("one"),
    () => client.end().resume(),
  ]);
});
