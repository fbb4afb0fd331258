const { Readable, log, watch } = require("../prelude");

const source = new Readable({ objectMode: true, highWaterMark: 2, read() {} });
const note = watch(source, "source", ["end", "close"]);
log("push", source.push({ a: 1 }));
log("push", source.push(5));
log("push", source.push(""));
log("length", source.readableLength, source.readableObjectMode);
log("read", source.read());
log("read(5)", source.read(5));
source.push(false);
source.push(null);
source.on("data", (value) => note("data", value));
