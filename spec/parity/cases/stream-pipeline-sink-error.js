const { PassThrough, Writable, log, newError, pipeline, watch } = require("../prelude");

const source = new PassThrough();
const sink = new Writable({
  write(chunk, encoding, callback) {
    callback(newError("sink broke"));
  },
});
watch(source, "source", ["end", "error", "close"]);
watch(sink, "sink", ["error", "close", "finish"]);
pipeline(source, new PassThrough(), sink, (err) => log("done", err));
source.write("x");
