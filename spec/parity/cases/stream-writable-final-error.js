const { Writable, newError, watch } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    callback();
  },
  final(callback) {
    callback(newError("cannot finish"));
  },
});
const note = watch(sink, "sink", ["prefinish", "finish", "error", "close"]);
sink.end("x", (err) => note("callback", err));
