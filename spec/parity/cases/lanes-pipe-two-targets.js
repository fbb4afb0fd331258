const { later, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  pair({}, (first, one) => {
    pair({}, (second, two) => {
      watch(one, "one", ["data", "end"]);
      watch(two, "two", ["data", "end"]);
      first.resume();
      second.resume();
      peer.resume();
      client.pipe(first);
      client.pipe(second);
      peer.write("for both ");
      later(() => {
        client.unpipe(second);
        peer.write("for one");
        later(() => {
          second.end("alone");
          peer.end();
        });
      });
    });
  });
});
