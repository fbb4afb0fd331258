const { PassThrough, Writable, later, log, newError, watch } = require("../prelude");

// A pipe lets go of a sink that fails, and does not touch the source.
const source = new PassThrough();
const sink = new Writable({
  write(chunk, encoding, callback) {
    callback(newError("full"));
  },
});
watch(sink, "sink", ["unpipe", "error", "close", "finish"]);
watch(source, "source", ["end", "error", "close"]);
source.pipe(sink);
source.write("x");
later(() => {
  log("source", source.destroyed, source.readableFlowing);
  source.destroy();
});
