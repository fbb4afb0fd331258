const { log, nextTick, setTimeout } = require("../prelude");

// Ticks run between two timers of the same moment.
setTimeout(() => {
  log("first");
  nextTick(() => log("tick of first"));
}, 5);
setTimeout(() => log("second"), 5);
