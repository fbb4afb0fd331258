const { Readable, actor, bytes } = require("../prelude");

for (const encoding of ["latin1", "binary", "ascii"]) {
  const source = new Readable({ read() {} });
  const note = actor(encoding);
  source.setEncoding(encoding);
  note("encoding", source.readableEncoding);
  source.on("data", (data) => note("data", data));
  source.push(bytes(0x41, 0xe9, 0xff));
  source.push(null);
}
