const { spawn, watch } = require("../prelude");

const child = spawn("exit 4", [], { stdio: "ignore", shell: true });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
