const { Writable, watch } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    callback();
  },
});
const note = watch(sink, "sink", ["finish", "error", "close"]);
sink.end("x");
note("write", sink.write("y", (err) => note("callback", err)));
note("end", sink.end((err) => note("end callback", err)) === sink);
