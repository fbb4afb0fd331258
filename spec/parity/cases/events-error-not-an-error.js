const { EventEmitter, bad } = require("../prelude");

const emitter = new EventEmitter();
bad("a string", () => emitter.emit("error", "text"));
bad("nothing", () => emitter.emit("error"));
bad("a number", () => emitter.emit("error", 42));
