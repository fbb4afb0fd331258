const { Writable, attempt, log, watch } = require("../prelude");

const sink = new Writable();
watch(sink, "sink", ["error", "close"]);
log("throws", attempt(() => sink.write("x")));
