const { later, pair, watch } = require("../prelude");

// readable and read(n) on a socket.
pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "close"]);
  peer.resume();
  client.on("readable", () => {
    let chunk = client.read(4);
    while (chunk) {
      note("read", chunk);
      chunk = client.read(4);
    }
  });
  peer.write("abcdefgh");
  later(() => peer.end("ij"));
});
