const { fieldsOf, log, spawn } = require("../prelude");

const child = spawn("sh", ["-c", "exit 3"], { argv0: "other" });
log("before", fieldsOf(child, ["killed", "exitCode", "signalCode", "spawnfile", "spawnargs", "connected"]));
child.on("close", () => {
  log("after", fieldsOf(child, ["killed", "exitCode", "signalCode", "spawnfile", "spawnargs", "connected"]));
  log("kill", child.kill());
});
