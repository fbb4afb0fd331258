const { actor, pair, setTimeout } = require("../prelude");

pair({}, (client, peer) => {
  const note = actor("client");
  let reads = 0;
  peer.resume();
  client.on("data", () => {
    reads = reads + 1;
  });
  client.setTimeout(2000, () => {
    note("timeout after reads", reads);
    client.destroy();
  });
  let writes = 0;
  const write = () => {
    writes = writes + 1;
    peer.write("x");
    if (writes < 4) setTimeout(write, 50);
  };
  write();
});
