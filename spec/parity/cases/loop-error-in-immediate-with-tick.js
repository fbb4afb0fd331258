const { log, nextTick, setImmediate } = require("../prelude");

// Ticks run before the next callback, also when an immediate throws.
setImmediate(() => {
  nextTick(() => log("tick"));
  throw new Error("in an immediate");
});
setImmediate(() => log("next immediate"));
