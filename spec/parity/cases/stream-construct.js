const { Writable, later, log } = require("../prelude");

const sink = new Writable({
  construct(callback) {
    log("_construct");
    later(callback);
  },
  write(chunk, encoding, callback) {
    log("_write", chunk);
    callback();
  },
});
log("write", sink.write("early"));
sink.end();
sink.on("finish", () => log("finish"));
