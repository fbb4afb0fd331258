const { spawn, watch } = require("../prelude");

const child = spawn("sleep", ["20"], { stdio: "ignore" });
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
child.on("spawn", () => child.kill());
