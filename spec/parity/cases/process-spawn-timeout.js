const { spawn, watch } = require("../prelude");

const child = spawn("sleep", ["20"], { stdio: "ignore", timeout: 30 });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
