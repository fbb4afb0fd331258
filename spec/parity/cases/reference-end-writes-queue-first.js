const { actor, pair, rep, size } = require("../prelude");

// The peer's FIN is answered, and the descriptor given back, once all that is queued has been written.
for (const unix of [false, true]) {
  pair({ unix, server: { allowHalfOpen: true, pauseOnConnect: true } }, (client, peer) => {
    const note = actor(unix ? "unix" : "tcp");
    let received = 0;
    client.resume();
    client.write(rep("x", 8000000));
    client.on("end", () => {
      note("end", client.writableLength > 0, client.destroyed);
      peer.resume();
    });
    client.on("close", (hadError) => note("close", hadError, client.bytesWritten));
    peer.on("data", (data) => (received += size(data)));
    peer.pause();
    peer.on("end", () => actor(unix ? "unix peer" : "tcp peer")("end", received));
    peer.end();
  });
}
