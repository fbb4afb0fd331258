const { Readable, log, newError, watch } = require("../prelude");

const source = new Readable({
  read() {},
  destroy(err, callback) {
    log("_destroy", err);
    callback(err);
  },
});
const note = watch(source, "source", ["end", "close", "error"]);
source.push("never read");
note("destroy", source.destroy(newError("boom")) === source);
note("state", source.destroyed, source.readable, source.errored);
note("read", source.read());
note("push", source.push("more"));
source.destroy(newError("second"));
