const { PassThrough, Transform, log, watch } = require("../prelude");

const through = new PassThrough();
const note = watch(through, "through");
log("instances", through instanceof PassThrough, through instanceof Transform);
note("write", through.write("abc"));
through.end("def");
