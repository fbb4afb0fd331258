const { Readable, watch } = require("../prelude");

const source = new Readable();
const note = watch(source, "source", ["close", "error"]);
note("read", source.read());
