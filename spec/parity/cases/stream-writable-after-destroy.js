const { Writable, watch } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    callback();
  },
});
const note = watch(sink, "sink", ["finish", "error", "close"]);
sink.destroy();
note("write", sink.write("y", (err) => note("callback", err)));
sink.end((err) => note("end callback", err));
