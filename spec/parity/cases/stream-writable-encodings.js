const { Writable, log } = require("../prelude");

const sink = new Writable({
  write(chunk, encoding, callback) {
    log("chunk", chunk, encoding);
    callback();
  },
});
sink.write("é€");
sink.write("é", "utf8");
sink.write("é", "latin1");
sink.write("é", "binary");
sink.write("é😀", "utf16le");
sink.write("é", "ucs2");
sink.write("00ff1", "hex");
sink.write("0g00", "hex");
sink.write("AAEC", "base64");
sink.write("-_-_", "base64url");
sink.write("+/+/", "base64url");
sink.write("AA==", "base64");
sink.write("A A\nE", "base64");
sink.write("abc", "ascii");
sink.end("Zm9v", "base64");
