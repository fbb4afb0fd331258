const { spawn, watch } = require("../prelude");

const child = spawn("/etc/passwd", [], { stdio: "ignore" });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
