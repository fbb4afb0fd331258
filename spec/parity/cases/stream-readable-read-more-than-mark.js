const { Readable, actor, watch } = require("../prelude");

// Asking for more than the high-water mark raises it.
const asked = actor("asked");
let given = 0;
const source = new Readable({
  highWaterMark: 4,
  read(n) {
    asked("n", n);
    given = given + 1;
    this.push(given < 6 ? "xyz" : null);
  },
});
const note = watch(source, "source", ["end", "close"]);
source.on("readable", () => {
  note("readable", source.readableLength);
  let chunk = source.read(8);
  while (chunk) {
    note("read", chunk);
    chunk = source.read(8);
  }
});
