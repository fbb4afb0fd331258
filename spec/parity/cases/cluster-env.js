const { forkWorker, log } = require("../prelude");

const worker = forkWorker({ PARITY_WORD: "for the worker" });
const names = ["PARITY_WORD", "NODE_UNIQUE_ID", "NODE_CHANNEL_FD"];
worker.on("message", (message) => {
  log("message", message);
  names.shift();
  if (names.length > 0) worker.send({ act: "env", name: names[0] });
  else worker.send({ act: "leave" });
});
worker.send({ act: "env", name: names[0] });
