const { spawn, watch } = require("../prelude");

const child = spawn("true", [], { stdio: "ignore", cwd: "/nonexistent" });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
