const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  note("returns itself", client.setTimeout(20) === client);
  note("field", client.timeout);
  client.on("timeout", () => {
    note("state", client.destroyed, client.readyState);
    client.end();
  });
});
