const { PassThrough, Readable, attempt, bad, finished, later, pipeline, watch } = require("../prelude");

const source = new Readable({ read() {} });
const note = watch(source, "source", ["error", "close"]);
bad("setEncoding(5)", () => source.setEncoding(5));
note("push(5)", attempt(() => source.push(5)));
later(() => {
  bad("pipeline()", () => pipeline());
  bad("pipeline without a callback", () => pipeline(new PassThrough(), new PassThrough()));
  bad("pipeline of one", () => pipeline(new PassThrough(), () => {}));
  bad("finished()", () => finished());
  bad("finished(5)", () => finished(5, () => {}));
  bad("finished without a callback", () => finished(new PassThrough()));
});
