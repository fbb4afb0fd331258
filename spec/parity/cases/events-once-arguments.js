const { EventEmitter, log } = require("../prelude");

const emitter = new EventEmitter();
const seen = [];
emitter.once("x", (a, b) => {
  seen.push(a);
  seen.push(b);
});
emitter.emit("x", "one", "two");
emitter.emit("x", "three", "four");
log("seen", seen);
