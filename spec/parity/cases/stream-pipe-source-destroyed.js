const { PassThrough, later, log, newError, watch } = require("../prelude");

const source = new PassThrough();
const sink = new PassThrough();
watch(sink, "sink", ["unpipe", "data", "end", "error", "close", "finish"]);
watch(source, "source", ["end", "error", "close"]);
source.pipe(sink);
source.write("x");
later(() => {
  source.destroy(newError("broken"));
  later(() => {
    log("sink", sink.destroyed, sink.writableEnded);
    sink.destroy();
  });
});
