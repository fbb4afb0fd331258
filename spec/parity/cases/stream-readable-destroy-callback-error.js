const { Readable, later, newError, watch } = require("../prelude");

const source = new Readable({
  read() {},
  destroy(err, callback) {
    later(() => callback(newError("from _destroy")));
  },
});
const note = watch(source, "source", ["close", "error"]);
source.destroy();
note("state", source.destroyed);
