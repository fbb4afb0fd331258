const { EventEmitter, log } = require("../prelude");

const emitter = new EventEmitter();
const one = () => {};
emitter.on("newListener", (event, listener) => {
  log("newListener", event, listener === one, emitter.listenerCount(event));
});
emitter.on("removeListener", (event, listener) => {
  log("removeListener", event, listener === one, emitter.listenerCount(event));
});
emitter.on("x", one);
emitter.once("y", one);
emitter.prependListener("x", () => {});
emitter.off("x", one);
emitter.off("y", one);
emitter.once("z", one);
emitter.emit("z");
emitter.on("a", one);
emitter.on("a", () => {});
emitter.removeAllListeners("a");
