const { Writable, actor, log, newError, setImmediate, watch } = require("../prelude");

// _write's error: the callback first, then error, then close.
const sink = new Writable({
  write(chunk, encoding, callback) {
    log("_write", chunk);
    setImmediate(() => callback(newError("disk full")));
  },
});
watch(sink, "sink", ["drain", "finish", "error", "close"]);
const note = actor("sink");
sink.write("a", (err) => note("a", err));
sink.write("b", (err) => note("b", err));
sink.end("c", (err) => note("end", err));
