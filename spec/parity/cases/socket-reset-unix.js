const { attempt, later, pair, watch } = require("../prelude");

pair({ unix: true }, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  const result = attempt(() => client.resetAndDestroy() === client);
  note("result", result);
  later(() => {
    client.destroy();
    peer.destroy();
  });
});
