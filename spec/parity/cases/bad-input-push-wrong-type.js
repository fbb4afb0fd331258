const { Readable, actor } = require("../prelude");

for (const value of [5, true]) {
  const source = new Readable({ read() {} });
  const note = actor(`push ${value === true ? "a boolean" : "a number"}`);
  source.on("error", (err) => note("error", err));
  source.on("close", () => note("close"));
  note("answer", source.push(value));
}
