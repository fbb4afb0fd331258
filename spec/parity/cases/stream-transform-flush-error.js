const { Transform, newError, watch } = require("../prelude");

const broken = new Transform({
  transform(chunk, encoding, callback) {
    callback(null, chunk);
  },
  flush(callback) {
    callback(newError("cannot flush"));
  },
});
watch(broken, "broken");
broken.end("a");
