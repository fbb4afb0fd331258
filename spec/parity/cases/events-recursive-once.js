const { EventEmitter, log } = require("../prelude");

const emitter = new EventEmitter();
let depth = 0;
emitter.once("x", () => {
  depth = depth + 1;
  log("once", depth);
  log("inner", emitter.emit("x"));
});
log("emit", emitter.emit("x"));
log("emit", emitter.emit("x"));
