const { PassThrough, watch } = require("../prelude");

const first = new PassThrough();
const last = first.pipe(new PassThrough()).pipe(new PassThrough());
watch(last, "last");
first.end("through them all");
