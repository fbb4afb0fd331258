const { EventEmitter, log } = require("../prelude");

const emitter = new EventEmitter();
const one = () => log("one");
emitter.on("x", one);
emitter.once("x", one);
emitter.emit("x");
emitter.emit("x");
emitter.off("x", one);
log("left", emitter.listenerCount("x"));
