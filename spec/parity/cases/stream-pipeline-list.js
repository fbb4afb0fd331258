const { PassThrough, log, pipeline, watch } = require("../prelude");

const source = new PassThrough();
const sink = new PassThrough();
watch(sink, "sink");
pipeline([source, new PassThrough(), sink], (err) => log("done", err));
source.end("listed");
