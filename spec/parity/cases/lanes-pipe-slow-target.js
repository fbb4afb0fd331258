const { later, log, pair, rep, size } = require("../prelude");

// Megabytes through a pipe whose target reads late: nothing is lost, everything is counted.
pair({}, (client, peer) => {
  pair({ server: { pauseOnConnect: true } }, (target, sink) => {
    const total = 12000000;
    let received = 0;
    target.resume();
    peer.resume();
    client.pipe(target);
    sink.on("data", (data) => {
      received = received + size(data);
    });
    sink.on("end", () => log("received", received, sink.bytesRead));
    client.on("close", () => log("source", client.bytesRead));
    target.on("close", () => log("target", target.bytesWritten));
    sink.on("close", () => log("sink closed"));
    peer.end(rep("0123456789", total / 10));
    later(() => sink.resume());
  });
});
