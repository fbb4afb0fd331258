const { log, nextTick, setImmediate } = require("../prelude");

// An immediate made by an immediate waits for the next turn.
setImmediate(() => {
  log("1");
  setImmediate(() => {
    log("3");
    nextTick(() => log("tick of 3"));
  });
});
setImmediate((...args) => log("2", ...args), "a", "b");
