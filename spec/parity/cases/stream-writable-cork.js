const { Writable, log } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    log("_write", chunk);
    callback();
  },
  writev(chunks, callback) {
    log("_writev", chunks.length);
    callback();
  },
});
sink.cork();
sink.cork();
log("corked", sink.writableCorked);
sink.write("a", () => log("a"));
sink.write("b", () => log("b"));
log("length", sink.writableLength);
sink.uncork();
log("corked", sink.writableCorked, sink.writableLength);
sink.uncork();
log("corked", sink.writableCorked, sink.writableLength);
sink.uncork();
sink.write("c");
sink.cork();
sink.write("d");
sink.end();
sink.on("finish", () => log("finish", sink.writableCorked));
