const { Readable, bytes, log } = require("../prelude");

// What is buffered already is decoded, too.
const source = new Readable({ read() {} });
source.push(bytes(0x61, 0xe2, 0x82));
source.push(bytes(0xac));
source.setEncoding("utf8");
log("read", source.read());
