const { PassThrough, later, watch } = require("../prelude");

const source = new PassThrough();
const sink = new PassThrough();
const note = watch(sink, "sink", ["pipe", "unpipe", "data", "end", "finish", "close"]);
source.pipe(sink);
source.write("one");
later(() => {
  note("unpipe", source.unpipe(sink) === source);
  note("flowing", source.readableFlowing);
  source.write("two");
  later(() => {
    note("kept", source.readableLength);
    source.pipe(sink);
    source.end();
  });
});
