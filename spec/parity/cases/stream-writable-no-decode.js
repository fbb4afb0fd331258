const { Writable, log } = require("../prelude");

const sink = new Writable({
  decodeStrings: false,
  write(chunk, encoding, callback) {
    log("chunk", chunk, encoding);
    callback();
  },
});
sink.write("414243", "hex");
sink.end("é", "latin1");
