const { spawn, watch } = require("../prelude");

const child = spawn("sh", ["-c", "exit 7"], { stdio: "ignore" });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
