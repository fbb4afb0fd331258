const { Readable, watch } = require("../prelude");

// At the end read(n) gives what is left.
const source = new Readable({ read() {} });
const note = watch(source, "source", ["end", "close"]);
source.push("abc");
source.push(null);
source.on("readable", () => {
  note("read(10)", source.read(10));
  note("ended", source.readableEnded);
});
