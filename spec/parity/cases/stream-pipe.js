const { PassThrough, watch } = require("../prelude");

const source = new PassThrough();
const sink = new PassThrough();
const note = watch(sink, "sink", ["pipe", "unpipe", "data", "end", "finish", "close"]);
note("returns the target", source.pipe(sink) === sink);
note("listeners", source.listenerCount("data"), sink.listenerCount("drain"));
source.write("one");
source.end("two");
