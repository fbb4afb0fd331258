const { cluster, forkWorker, log } = require("../prelude");

let online = 0;
cluster.on("online", () => {
  online += 1;
  if (online < 3) return;
  cluster.disconnect(() => log("called back"));
});
for (let i = 0; i < 3; i += 1) forkWorker();
log("there", Object.keys(cluster.workers).length);
