const { forkChild, log, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.on("close", () => {
  log("send", child.send("late"));
});
child.send({ act: "disconnect" });
