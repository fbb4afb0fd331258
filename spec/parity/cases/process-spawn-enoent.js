const { spawn, watch } = require("../prelude");

const child = spawn("/nonexistent/program", ["a"], { stdio: "ignore" });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
