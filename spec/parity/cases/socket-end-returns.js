const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  watch(peer, "peer");
  note("returns itself", client.end("bye", "utf8", () => note("callback")) === client);
  note("state", client.writableEnded, client.writableFinished, client.readyState, client.writable);
});
