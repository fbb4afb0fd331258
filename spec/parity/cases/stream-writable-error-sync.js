const { Writable, newError, watch } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    callback(newError("disk full"));
  },
});
const note = watch(sink, "sink", ["drain", "finish", "error", "close"]);
note("write", sink.write("a", (err) => note("a", err)));
note("state", sink.destroyed, sink.errored);
note("write", sink.write("b", (err) => note("b", err)));
