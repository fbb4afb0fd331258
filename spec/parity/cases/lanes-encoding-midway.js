const { later, pair, watch } = require("../prelude");

// setEncoding while data is flowing.
pair({}, (client, peer) => {
  const note = watch(client, "client", ["end"]);
  peer.resume();
  client.on("data", (data) => note("data", data));
  peer.write("raw");
  later(() => {
    client.setEncoding("hex");
    peer.write("hex");
    later(() => peer.end("end"));
  });
});
