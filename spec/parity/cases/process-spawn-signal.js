const { spawn, watch } = require("../prelude");

const child = spawn("sh", ["-c", "kill -9 $$"], { stdio: "ignore" });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
