const { EventEmitter, bad, log, newError } = require("../prelude");

const emitter = new EventEmitter();
emitter.on(EventEmitter.errorMonitor, (err) => log("monitor", err));
bad("without a listener", () => emitter.emit("error", newError("one")));
emitter.on("error", (err) => log("listener", err));
emitter.emit("error", newError("two"));
