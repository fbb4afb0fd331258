const { forkChild, log, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.on("message", (message) => {
  log("message", message);
  child.send({ act: "exit", code: 0 });
});
child.send({ act: "echo", value: [[["deep"]], { list: [true, false] }] });
