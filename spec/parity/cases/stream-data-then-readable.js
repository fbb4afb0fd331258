const { Readable, actor, later } = require("../prelude");

// A readable listener stops the flow.
const source = new Readable({ read() {} });
const note = actor("source");
source.on("data", (data) => note("data", data));
source.on("readable", () => {
  note("readable");
  note("read", source.read());
});
note("flowing", source.readableFlowing);
source.push("one");
later(() => {
  source.push("two");
  later(() => source.push(null));
});
source.on("end", () => note("end"));
