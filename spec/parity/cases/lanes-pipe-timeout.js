const { actor, pair, setTimeout } = require("../prelude");

// Traffic through a pipe is activity, on both sockets.
pair({}, (client, peer) => {
  pair({}, (target, sink) => {
    let count = 0;
    let idle = 0;
    const waiting = (name) => {
      actor(name)("idle after", count);
      idle = idle + 1;
      if (idle === 2) peer.end();
    };
    target.resume();
    peer.resume();
    sink.resume();
    client.pipe(target);
    client.setTimeout(600, () => waiting("source"));
    target.setTimeout(600, () => waiting("target"));
    const write = () => {
      count = count + 1;
      peer.write("x");
      if (count < 4) setTimeout(write, 50);
    };
    write();
  });
});
