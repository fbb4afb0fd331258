const { actor, pair, setTimeout } = require("../prelude");

pair({}, (client, peer) => {
  const note = actor("client");
  let writes = 0;
  client.resume();
  peer.resume();
  client.setTimeout(600, () => {
    note("timeout after writes", writes);
    client.destroy();
  });
  const write = () => {
    writes = writes + 1;
    client.write("x");
    if (writes < 4) setTimeout(write, 50);
  };
  write();
});
