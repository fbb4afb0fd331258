const { Readable, actor, bytes } = require("../prelude");

// A group of three is never cut in two.
for (const encoding of ["base64", "base64url"]) {
  const source = new Readable({ read() {} });
  const note = actor(encoding);
  source.setEncoding(encoding);
  source.on("data", (data) => note("data", data));
  source.on("end", () => note("end"));
  source.push(bytes(0xfb));
  source.push(bytes(0xff, 0xbf, 0x61));
  source.push(bytes(0x62, 0x63, 0x64, 0x65));
  source.push(bytes(0x66, 0x67));
  source.push(null);
}
