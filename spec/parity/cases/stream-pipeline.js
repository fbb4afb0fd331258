const { PassThrough, Transform, log, pipeline, watch } = require("../prelude");

const source = new PassThrough();
const sink = new PassThrough();
watch(source, "source", ["end", "error", "close"]);
watch(sink, "sink");
const middle = new Transform({
  transform(chunk, encoding, callback) {
    callback(null, "*");
  },
});
const last = pipeline(source, middle, sink, (err) => log("done", err));
log("returns the last", last === sink);
source.end("x");
