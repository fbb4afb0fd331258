const { Readable, later, watch } = require("../prelude");

const source = new Readable({ emitClose: false, read() {} });
const note = watch(source, "source", ["end", "close"]);
source.push(null);
source.resume();
later(() => note("destroyed", source.destroyed));
