const { Readable, log } = require("../prelude");

// read(n) across chunks after setEncoding gives n, no more.
const source = new Readable({ read() {} });
source.setEncoding("utf8");
source.push("abc");
source.push("defgh");
source.push("ij");
log("read(4)", source.read(4));
log("read(4)", source.read(4));
log("read(4)", source.read(4));
log("read()", source.read());
