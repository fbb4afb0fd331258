const { Writable, bad, log } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    callback();
  },
});
bad("nothing", () => sink.write(undefined));
bad("a number", () => sink.write(5));
bad("a boolean", () => sink.write(true));
bad("a function", () => sink.write(() => {}));
bad("unknown encoding", () => sink.write("x", "klingon"));
bad("end with a number", () => sink.end(5));
log("state", sink.destroyed, sink.writableEnded);
