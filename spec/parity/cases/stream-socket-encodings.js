const { bytes, later, pair, watch } = require("../prelude");

for (const encoding of ["hex", "base64", "latin1", "utf16le", "ascii"]) {
  pair({}, (client, peer) => {
    watch(client, encoding, ["data", "end"]);
    peer.resume();
    client.setEncoding(encoding);
    peer.write(bytes(0xff));
    later(() => {
      peer.write(bytes(0x00, 0x41, 0x42));
      later(() => peer.end(bytes(0x43)), 10);
    }, 10);
  });
}
