const { ask, cluster, forkWorker, log } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_RR;
let listening = 0;
const counts = { "from 1": 0, "from 2": 0 };
let left = 10;
function next(port) {
  ask({ port, host: "127.0.0.1" }, (text) => {
    counts[text] += 1;
    left -= 1;
    if (left > 0) return next(port);
    log("answers", counts["from 1"], counts["from 2"]);
    cluster.disconnect();
  });
}
for (let i = 1; i <= 2; i += 1) {
  const worker = forkWorker();
  worker.on("listening", (address) => {
    listening += 1;
    if (listening === 2) next(address.port);
  });
  worker.send({ act: "listen", name: String(i), more: { port: 0, host: "127.0.0.1" } });
}
