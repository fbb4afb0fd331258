const { actor, ask, forkWorker, later, log } = require("../prelude");

const worker = forkWorker();
worker.on("listening", (address) => {
  const socket = ask({ port: address.port, host: "127.0.0.1" }, (text) => actor("client")("answer", text));
  socket.once("data", () => {
    worker.disconnect();
    later(() => {
      log("still there", worker.isConnected(), worker.isDead());
      socket.end();
    }, 100);
  });
});
worker.on("disconnect", () => log("disconnect"));
worker.send({ act: "listen", name: "it", hold: true, more: { port: 0, host: "127.0.0.1" } });
