const { log, nextTick, setImmediate } = require("../prelude");

// Ticks, immediates and timers as Node orders them.
setImmediate(() => {
  log("immediate 1");
  nextTick(() => log("tick of immediate 1"));
});
setImmediate(() => log("immediate 2"));
nextTick(() => {
  log("tick 1");
  nextTick(() => log("tick 3"));
});
nextTick((...args) => log("tick 2", ...args), "with", 2);
log("script");
