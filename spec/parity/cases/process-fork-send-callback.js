const { forkChild, log, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.send({ act: "echo", value: 1 }, (err) => log("sent", err));
child.on("message", () => child.send({ act: "exit", code: 0 }));
