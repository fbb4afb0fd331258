const { forkChild, log, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.on("message", (message) => {
  log("message", message);
  if (message.echo === 9) child.send({ act: "disconnect" });
});
for (let i = 0; i < 10; i += 1) child.send({ act: "echo", value: i });
