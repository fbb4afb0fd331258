const { pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client");
  peer.resume();
  let times = 0;
  client.setTimeout(15, (...args) => note("callback", ...args));
  client.on("timeout", () => {
    times = times + 1;
    if (times === 1) client.write("x");
    if (times === 2) client.destroy();
  });
});
