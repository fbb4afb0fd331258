const { EventEmitter, log } = require("../prelude");

const emitter = new EventEmitter();
emitter.on("removeListener", (event) => log("removed", event));
emitter.on("x", () => {});
emitter.on("y", () => {});
emitter.on("x", () => {});
emitter.removeAllListeners();
log("names", emitter.eventNames());
