const { Transform, later, log } = require("../prelude");

const slow = new Transform({
  readableHighWaterMark: 2,
  writableHighWaterMark: 2,
  transform(chunk, encoding, callback) {
    log("transform", chunk);
    callback(null, chunk);
  },
});
for (const text of ["a", "b", "c", "d", "e"]) log("write", slow.write(text));
slow.on("drain", () => log("drain"));
log("lengths", slow.readableLength, slow.writableLength);
later(() => {
  log("read", slow.read());
  later(() => {
    log("lengths", slow.readableLength, slow.writableLength);
    slow.resume();
    slow.end();
    slow.on("end", () => log("end"));
  });
});
