const { EventEmitter, log } = require("../prelude");

// Those who listened when the emit began are called.
const emitter = new EventEmitter();
const late = () => log("late");
const gone = () => log("gone");
const first = () => {
  log("first");
  emitter.on("x", late);
  emitter.off("x", gone);
};
emitter.on("x", first);
emitter.on("x", gone);
emitter.emit("x");
log("again");
emitter.off("x", first);
emitter.emit("x");
