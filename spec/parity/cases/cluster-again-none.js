const { cluster, forkWorker, log } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_NONE;

const worker = forkWorker();
const more = { port: 0, host: "127.0.0.1" };
let listened = 0;
worker.on("message", (message) => {
  log("message", message.error, message.listening, message.event);
  if (message.listening) {
    listened += 1;
    worker.send({ act: "close" });
  } else if (listened < 3) {
    worker.send({ act: "listen", name: "it", more });
  } else {
    worker.disconnect();
  }
});
worker.send({ act: "listen", name: "it", more });
