const { Readable, watch } = require("../prelude");

const source = new Readable({ read() {} });
const note = watch(source, "source", ["end", "close", "error"]);
source.push("world");
source.unshift("hello ");
note("length", source.readableLength);
note("read(5)", source.read(5));
source.unshift("HELLO");
note("read", source.read());
source.push(null);
source.resume();
