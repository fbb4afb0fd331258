const { PassThrough, Writable, actor, later, log } = require("../prelude");

// The slower of two sinks sets the pace.
const source = new PassThrough();
const fast = actor("fast");
const slow = actor("slow");
source.pipe(new Writable({
  write(chunk, encoding, callback) {
    fast("chunk", chunk);
    callback();
  },
}));
source.pipe(new Writable({
  highWaterMark: 1,
  write(chunk, encoding, callback) {
    slow("chunk", chunk);
    later(callback, 5);
  },
}));
source.write("a");
source.write("b");
source.end("c");
source.on("end", () => log("end"));
