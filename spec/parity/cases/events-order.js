const { EventEmitter, log } = require("../prelude");

const emitter = new EventEmitter();
emitter.on("x", (...args) => log("first", ...args));
emitter.on("x", (...args) => log("second", ...args));
emitter.prependListener("x", (...args) => log("before", ...args));
emitter.prependOnceListener("x", (...args) => log("once before", ...args));
emitter.once("x", (...args) => log("once", ...args));
log("emit", emitter.emit("x", 1, "two", true));
log("emit", emitter.emit("x"));
log("emit", emitter.emit("y"));
