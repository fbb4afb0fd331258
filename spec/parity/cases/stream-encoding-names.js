const { Readable, bad, log } = require("../prelude");

for (const name of ["utf8", "utf-8", "UTF-8", "ucs2", "ucs-2", "utf16le", "utf-16le", "latin1", "binary", "base64",
  "base64url", "hex", "HEX", "ascii"]) {
  const source = new Readable({ read() {} });
  source.setEncoding(name);
  log(name, source.readableEncoding);
}
const none = new Readable({ read() {} });
log("none", none.readableEncoding);
none.setEncoding();
log("default", none.readableEncoding);
bad("unknown", () => new Readable({ read() {} }).setEncoding("klingon"));
