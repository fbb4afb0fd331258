const { Readable, later, watch } = require("../prelude");

const source = new Readable({ autoDestroy: false, read() {} });
const note = watch(source, "source", ["end", "close", "error"]);
source.push("x");
source.push(null);
source.resume();
later(() => {
  note("destroyed", source.destroyed);
  source.destroy();
});
