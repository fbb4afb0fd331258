const { PassThrough, actor, pair, pipeline } = require("../prelude");

for (const unix of [false, true]) {
  pair({ unix }, (client, peer) => {
    const note = actor(unix ? "unix" : "tcp");
    const sink = new PassThrough();
    let all = "";
    sink.on("data", (data) => {
      all = `${all}${data}`;
    });
    pipeline(client, sink, (err) => note("done", err, all));
    peer.resume();
    peer.end("all of it");
  });
}
