const { forkChild, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.send({ act: "exit", code: 5 });
