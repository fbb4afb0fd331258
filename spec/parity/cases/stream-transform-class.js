const { Duplex, Transform, log, size, watch } = require("../prelude");

class Counter extends Transform {
  constructor(options) {
    super(options);
    this.total = 0;
  }

  _transform(chunk, encoding, callback) {
    this.total = this.total + size(chunk);
    callback(null, chunk);
  }
}
const counter = new Counter();
log("instances", counter instanceof Counter, counter instanceof Transform, counter instanceof Duplex);
watch(counter, "counter");
counter.write("abc");
counter.end("de");
counter.on("finish", () => log("total", counter.total));
