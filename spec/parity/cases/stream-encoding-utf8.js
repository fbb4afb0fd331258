const { Readable, actor, bytes, log } = require("../prelude");

// A character cut in every place.
const source = new Readable({ read() {} });
const note = actor("source");
log("returns itself", source.setEncoding("utf8") === source);
log("encoding", source.readableEncoding);
source.on("data", (data) => note("data", data));
source.on("end", () => note("end"));
const parts = [bytes(0x61), bytes(0xc3), bytes(0xa9), bytes(0xe2), bytes(0x82), bytes(0xac), bytes(0xf0, 0x9f),
  bytes(0x98, 0x80), bytes(0x62, 0xe2, 0x82)];
for (const part of parts) source.push(part);
source.push(null);
