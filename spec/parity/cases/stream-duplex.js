const { Duplex, EventEmitter, Readable, Writable, log, watch } = require("../prelude");

const both = new Duplex({
  read() {},
  write(chunk, encoding, callback) {
    this.push(chunk);
    callback();
  },
  final(callback) {
    this.push(null);
    callback();
  },
});
const note = watch(both, "both");
log("instances", both instanceof Duplex, both instanceof EventEmitter);
log("sides", both instanceof Readable, both instanceof Writable);
both.write("one");
both.end("two");
both.on("close", () => note("state", both.readable, both.writable, both.destroyed));
