const { Readable, Writable, later, log } = require("../prelude");

const source = new Readable({ highWaterMark: 4, read() {} });
const sink = new Writable({
  highWaterMark: 2,
  write(chunk, encoding, callback) {
    log("write", chunk);
    later(callback, 5);
  },
});
source.on("pause", () => log("pause"));
source.on("resume", () => log("resume"));
sink.on("drain", () => log("drain"));
sink.on("finish", () => log("finish"));
source.pipe(sink);
source.push("aa");
source.push("bb");
source.push("c");
source.push(null);
