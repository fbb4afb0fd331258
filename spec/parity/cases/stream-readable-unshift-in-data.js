const { Readable, watch } = require("../prelude");

const source = new Readable({ read() {} });
const note = watch(source, "source", ["end", "close"]);
let first = true;
source.on("data", (data) => {
  note("data", data);
  if (first) {
    first = false;
    source.unshift("again");
  }
});
source.push("one");
source.push("two");
source.push(null);
