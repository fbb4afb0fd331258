const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  client.end();
  client.on("close", () => {
    note("write", client.write("y", (err) => note("callback", err)));
    note("end", client.end("z", (err) => note("end callback", err)) === client);
  });
});
