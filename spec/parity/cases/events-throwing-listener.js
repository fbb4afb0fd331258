const { EventEmitter, bad, log } = require("../prelude");

// The rest is not called; the emitter is fine afterwards.
const emitter = new EventEmitter();
emitter.once("x", () => {
  throw new Error("in a listener");
});
emitter.on("x", () => log("second"));
bad("emit", () => emitter.emit("x"));
emitter.emit("x");
