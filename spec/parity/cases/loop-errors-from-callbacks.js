const { log, nextTick, setImmediate, setTimeout } = require("../prelude");

// Each error comes out; the rest of the callbacks run.
setTimeout(() => {
  throw new Error("in a timer");
}, 1000);
setTimeout(() => log("next timer"), 1020);
setImmediate(() => {
  throw new Error("in an immediate");
});
setImmediate(() => log("next immediate"));
nextTick(() => {
  throw new Error("in a tick");
});
nextTick(() => log("next tick"));
