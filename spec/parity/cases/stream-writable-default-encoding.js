const { Writable, bad, log } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    log("chunk", chunk);
    callback();
  },
});
log("returns itself", sink.setDefaultEncoding("hex") === sink);
sink.write("414243");
sink.write("414243", "utf8");
sink.end("44");
bad("unknown", () => sink.setDefaultEncoding("klingon"));
