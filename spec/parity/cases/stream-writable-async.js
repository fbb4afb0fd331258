const { Writable, later, log, setImmediate } = require("../prelude");

const sink = new Writable({
  highWaterMark: 3,
  write(chunk, encoding, callback) {
    log("_write", chunk);
    setImmediate(callback);
  },
});
sink.on("drain", () => log("drain", sink.writableLength));
sink.on("finish", () => log("finish"));
sink.on("close", () => log("close"));
log("write", sink.write("a", () => log("callback a")), sink.writableLength);
log("write", sink.write("b", () => log("callback b")), sink.writableLength);
log("write", sink.write("c", () => log("callback c")), sink.writableLength);
log("need drain", sink.writableNeedDrain);
later(() => {
  log("write", sink.write("d", () => log("callback d")));
  sink.end();
});
