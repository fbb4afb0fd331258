const { log, pair, setTimeout } = require("../prelude");

// Traffic through a pipe is activity, on both sockets.
pair({}, (client, peer) => {
  pair({}, (target, sink) => {
    let count = 0;
    target.resume();
    peer.resume();
    sink.resume();
    client.pipe(target);
    client.setTimeout(200, () => {
      log("source idle after", count);
      peer.end();
    });
    target.setTimeout(200, () => log("target idle after", count));
    const write = () => {
      count = count + 1;
      peer.write("x");
      if (count < 4) setTimeout(write, 80);
    };
    write();
  });
});
