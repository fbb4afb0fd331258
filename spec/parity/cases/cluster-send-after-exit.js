const { forkWorker, log } = require("../prelude");

const worker = forkWorker();
worker.on("exit", () => setImmediate(() => {
  log("connected", worker.isConnected());
  log("sent", worker.send("x", (err) => log("called back", err)));
  log("sent", worker.send("y"));
}));
worker.send({ act: "exit", code: 0 });
