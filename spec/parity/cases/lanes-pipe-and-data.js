const { actor, later, pair, watch } = require("../prelude");

// Somebody listens to what a pipe carries.
pair({}, (client, peer) => {
  const note = actor("tap");
  let all = "";
  client.on("data", (data) => {
    all = `${all}${data}`;
  });
  pair({}, (target, sink) => {
    watch(sink, "sink", ["data", "end"]);
    target.resume();
    client.pipe(target);
    client.on("end", () => note("heard", all));
    peer.resume();
    peer.write("one ");
    later(() => peer.end("two"));
  });
});
