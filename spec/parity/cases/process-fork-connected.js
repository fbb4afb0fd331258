const { forkChild, log, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
log("connected", child.connected);
child.on("message", (message) => {
  log("message", message);
  child.send({ act: "disconnect" });
});
child.on("disconnect", () => log("connected", child.connected));
child.send({ act: "connected" });
