const { EventEmitter, attempt, log, newError } = require("../prelude");

const emitter = new EventEmitter();
log("error", attempt(() => emitter.emit("error", newError("boom"))));
const own = { kind: "own" };
emitter.on("error", (err) => log("handled", err));
log("emit", emitter.emit("error", newError("caught")));
emitter.emit("error", own);
emitter.emit("error", "text");
emitter.emit("error");
