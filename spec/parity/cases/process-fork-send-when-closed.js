const { forkChild, log, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.on("disconnect", () => {
  log("send", child.send("late", (err) => log("callback", err)), child.connected);
});
child.send({ act: "disconnect" });
