const { PassThrough, pair, watch } = require("../prelude");

pair({}, (client, peer) => {
  const sink = new PassThrough();
  const note = watch(sink, "sink", ["pipe", "unpipe", "data", "end", "finish"]);
  peer.resume();
  client.pipe(sink, { end: false });
  client.on("close", () => {
    note("socket closed", sink.writableEnded);
    sink.end();
  });
  peer.end("only this");
});
