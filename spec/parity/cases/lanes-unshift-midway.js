const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const note = watch(client, "client", ["end", "close"]);
  peer.resume();
  let seen = 0;
  client.on("data", (data) => {
    seen = seen + 1;
    note("data", data);
    if (seen === 1) client.unshift("(again)");
  });
  peer.write("one");
  later(() => peer.end("two"));
});
