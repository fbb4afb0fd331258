const { bytes, later, pair, watch } = require("../prelude");

// Characters that are cut at a chunk's edge, over the wire.
pair({ unix: true }, (client, peer) => {
  watch(client, "client", ["data", "end", "close"]);
  peer.resume();
  client.setEncoding("utf8");
  peer.write(bytes(0x61, 0xe2));
  later(() => {
    peer.write(bytes(0x82));
    later(() => {
      peer.write(bytes(0xac, 0xf0, 0x9f, 0x98));
      later(() => peer.end(bytes(0x80, 0xc3)), 10);
    }, 10);
  }, 10);
});
