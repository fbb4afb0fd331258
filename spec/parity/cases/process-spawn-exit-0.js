const { spawn, watch } = require("../prelude");

const child = spawn("true", [], { stdio: "ignore" });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
