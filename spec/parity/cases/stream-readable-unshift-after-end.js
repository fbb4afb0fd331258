const { Readable, watch } = require("../prelude");

const source = new Readable({ read() {} });
const note = watch(source, "source", ["close", "error"]);
source.on("end", () => {
  note("end");
  source.unshift("x");
});
source.push(null);
source.resume();
