const { bad, forkChild, watch } = require("../prelude");

const child = forkChild();
watch(child, "child", ["spawn", "exit", "close", "error", "disconnect"]);
bad("nothing", () => child.send());
bad("handle", () => child.send("x", {}));
bad("options", () => child.send("x", undefined, 5));
child.send({ act: "exit", code: 0 });
