const { PassThrough, log, newError, pipeline, watch } = require("../prelude");

const source = new PassThrough();
const sink = new PassThrough();
watch(source, "source", ["end", "error", "close"]);
watch(sink, "sink", ["end", "error", "close", "finish"]);
pipeline(source, sink, (err) => log("done", err));
source.destroy(newError("source broke"));
