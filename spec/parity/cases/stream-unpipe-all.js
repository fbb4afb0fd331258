const { PassThrough, later, log, watch } = require("../prelude");

const source = new PassThrough();
const first = new PassThrough();
const second = new PassThrough();
watch(first, "first", ["pipe", "unpipe", "data", "end"]);
watch(second, "second", ["pipe", "unpipe", "data", "end"]);
source.pipe(first);
source.pipe(second);
source.write("both");
later(() => {
  source.unpipe();
  source.write("neither");
  later(() => {
    log("kept", source.readableLength, source.readableFlowing);
    source.unpipe();
    source.unpipe(first);
  });
});
