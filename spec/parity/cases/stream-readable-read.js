const { Readable, watch } = require("../prelude");

// readable and read(n).
const source = new Readable({ read() {} });
const note = watch(source, "source", ["end", "close"]);
note("empty", source.read());
source.once("readable", () => {
  note("length", source.readableLength);
  note("read(2)", source.read(2));
  note("read(0)", source.read(0));
  note("read(100)", source.read(100));
  note("read(3)", source.read(3));
  note("read()", source.read());
  note("read()", source.read());
  source.push(null);
  source.on("readable", () => note("readable", source.read()));
});
source.push("ab");
source.push("cdef");
source.push("ghi");
