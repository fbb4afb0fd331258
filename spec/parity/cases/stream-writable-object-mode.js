const { Writable, log, setImmediate } = require("../prelude");

const sink = new Writable({
  objectMode: true,
  highWaterMark: 2,
  write(value, encoding, callback) {
    log("value", value);
    setImmediate(callback);
  },
});
log("write", sink.write({ a: 1 }));
log("write", sink.write(5));
log("length", sink.writableLength, sink.writableObjectMode);
sink.end(true);
sink.on("finish", () => log("finish"));
