const { PassThrough, nextTick, watch } = require("../prelude");

// The order of the last events.
const through = new PassThrough();
const note = watch(through, "through", ["prefinish", "finish", "end", "close", "readable"]);
through.on("data", () => note("data"));
through.end("x");
nextTick(() => note("tick"));
