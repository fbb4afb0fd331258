const { Readable, log } = require("../prelude");

const source = new Readable({ highWaterMark: 5, read() {} });
log("push", source.push("abc"));
log("push", source.push("de"));
log("push", source.push("f"));
log("length", source.readableLength, source.readableHighWaterMark);
log("read", source.read());
log("length", source.readableLength);
