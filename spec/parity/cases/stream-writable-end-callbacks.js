const { Writable, log, setImmediate } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    setImmediate(callback);
  },
  final(callback) {
    log("_final");
    setImmediate(callback);
  },
});
sink.on("prefinish", () => log("prefinish"));
sink.on("finish", () => log("finish", sink.writableFinished));
sink.on("close", () => log("close"));
sink.write("a", () => log("callback a"));
sink.end("b", "utf8", (err) => log("callback end", err));
sink.end((err) => log("callback end 2", err));
log("state", sink.writable, sink.writableEnded, sink.writableFinished);
sink.on("finish", () => sink.end((err) => log("callback end 3", err)));
