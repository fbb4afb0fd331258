const { actor, pair, rep, size } = require("../prelude");

// A megabyte there and back.
for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const note = actor(unix ? "unix" : "tcp");
    const total = 1048576;
    let received = 0;
    peer.pipe(peer);
    client.on("data", (data) => {
      received = received + size(data);
      if (received === total) client.end();
    });
    client.on("close", (hadError) => note("close", hadError, received, client.bytesRead, client.bytesWritten));
    client.write(rep("0123456789abcdef", 65536), (err) => note("written", err));
  });
}
