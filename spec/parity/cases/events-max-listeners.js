const { EventEmitter, bad, log } = require("../prelude");

const emitter = new EventEmitter();
log("default", emitter.getMaxListeners());
emitter.setMaxListeners(0);
log("none", emitter.getMaxListeners());
emitter.setMaxListeners(Infinity);
log("infinite", emitter.getMaxListeners());
for (let i = 0; i < 20; i++) emitter.on("x", () => {});
log("count", emitter.listenerCount("x"));
bad("negative", () => emitter.setMaxListeners(-1));
bad("a string", () => emitter.setMaxListeners("5"));
bad("NaN", () => emitter.setMaxListeners(NaN));
