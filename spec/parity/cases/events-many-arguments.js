const { EventEmitter, log } = require("../prelude");

const emitter = new EventEmitter();
emitter.on("x", (...args) => log("args", ...args));
emitter.emit("x", 1, 2, 3, 4, 5, 6, 7, 8);
emitter.emit("x", undefined, 2);
emitter.emit("x", "a", undefined, "c");
