const { actor, later, pair, rep, size } = require("../prelude");

// The peer does not read: write says false; drain comes once the peer has read.
for (const unix of [false, true]) {
  pair({ unix, server: { pauseOnConnect: true } }, (client, peer) => {
    const note = actor(unix ? "unix" : "tcp");
    client.resume();
    const total = 16000000;
    note("write", client.write(rep("x", total), () => note("written")));
    note("need drain", client.writableNeedDrain);
    client.on("drain", () => {
      note("drain", client.writableLength);
      client.end();
    });
    let received = 0;
    peer.on("data", (data) => {
      received = received + size(data);
    });
    peer.on("end", () => note("received", received));
    later(() => {
      note("resume");
      peer.resume();
    });
  });
}
