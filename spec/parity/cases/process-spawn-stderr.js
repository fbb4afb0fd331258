const { spawn, watch } = require("../prelude");

const child = spawn("sh", ["-c", "echo text >&2"]);
watch(child, "child", ["exit"]);
watch(child.stderr, "stream", ["data", "end", "close"]);
