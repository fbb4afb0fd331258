const { Readable, watch } = require("../prelude");

const source = new Readable({ read() {} });
const note = watch(source, "source", ["end", "close", "error"]);
source.push("x");
source.push(null);
note("push", source.push("too late"));
source.resume();
