const { spawn, watch } = require("../prelude");

const child = spawn("cat");
watch(child, "child", ["exit", "close"]);
watch(child.stdout, "stdout", ["data", "end", "close"]);
child.stdin.write("one ");
child.stdin.end("two");
