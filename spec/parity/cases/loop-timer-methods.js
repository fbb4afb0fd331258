const { log, setTimeout } = require("../prelude");

const timer = setTimeout(() => log("timer"), 20);
log("hasRef", timer.hasRef());
log("unref", timer.unref() === timer, timer.hasRef());
log("ref", timer.ref() === timer, timer.hasRef());
log("refresh", timer.refresh() === timer);
const closed = setTimeout(() => log("never"), 10);
log("close", closed.close() === closed);
const weak = setTimeout(() => log("never, for nothing waits for it"), 1000);
weak.unref();
