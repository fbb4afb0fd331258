const { PassThrough, later, watch } = require("../prelude");

const source = new PassThrough();
const sink = new PassThrough();
const note = watch(sink, "sink", ["pipe", "unpipe", "data", "end", "finish", "close"]);
source.pipe(sink, { end: false });
source.on("end", () => {
  note("source ended", sink.writableEnded);
  later(() => sink.end("!"));
});
source.end("one");
