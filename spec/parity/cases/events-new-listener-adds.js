const { EventEmitter, log } = require("../prelude");

// What newListener adds comes before the one that is being added.
const emitter = new EventEmitter();
emitter.once("newListener", (event) => {
  if (event === "x") emitter.on("x", () => log("inserted"));
});
emitter.on("x", () => log("own"));
emitter.emit("x");
