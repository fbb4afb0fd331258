const { actor, ask, cluster, forkWorker, log } = require("../prelude");

cluster.schedulingPolicy = cluster.SCHED_RR;

const worker = forkWorker();
let port;
worker.on("listening", (address) => {
  port = address.port;
  const socket = ask({ port, host: "127.0.0.1" }, (text) => {
    actor("client")("answer", text.replace("(ECONNRESET)", ""));
  });
  socket.on("data", () => worker.send({ act: "die" }));
});
worker.process.on("close", () => ask({ port, host: "127.0.0.1" }, (text) => actor("later")("refused", text)));
worker.send({ act: "listen", name: "it", hold: true, more: { port: 0, host: "127.0.0.1" } });
