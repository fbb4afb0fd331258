const { Readable, watch } = require("../prelude");

const source = new Readable({
  read() {
    throw new Error("in _read");
  },
});
const note = watch(source, "source", ["close", "error", "end"]);
source.resume();
note("resumed");
