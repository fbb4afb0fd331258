const { spawn, watch } = require("../prelude");

const child = spawn("sh", ["-c", "echo text"]);
watch(child, "child", ["exit"]);
watch(child.stdout, "stream", ["data", "end", "close"]);
