const { Transform, log, watch } = require("../prelude");

const upper = new Transform({
  transform(chunk, encoding, callback) {
    this.push("<");
    callback(null, chunk);
  },
  flush(callback) {
    log("flush");
    callback(null, ">");
  },
});
watch(upper, "upper");
upper.write("a");
upper.write("b");
upper.end("c");
