const { forkWorker, log } = require("../prelude");

const worker = forkWorker();
worker.on("message", (message) => {
  log("message", message);
  worker.send({ act: "disconnect" });
});
worker.send({ act: "state" });
