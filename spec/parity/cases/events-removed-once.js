const { EventEmitter, log } = require("../prelude");

// removeListener gives the listener, not what once wrapped it in.
const emitter = new EventEmitter();
const one = () => log("one");
emitter.on("removeListener", (event, listener) => log("removed", event, listener === one));
emitter.on("x", () => log("other"));
emitter.once("x", one);
emitter.emit("x");
