const { PassThrough, later, log, pair, pipeline } = require("../prelude");

pair({}, (client, peer) => {
  const sink = new PassThrough();
  sink.resume();
  pipeline(client, sink, (err) => {
    log("done", err);
    log("destroyed", client.destroyed, sink.destroyed);
  });
  later(() => peer.resetAndDestroy());
});
