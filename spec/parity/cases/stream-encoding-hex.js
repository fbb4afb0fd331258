const { Readable, bytes, log } = require("../prelude");

const source = new Readable({ encoding: "hex", read() {} });
source.on("data", (data) => log("data", data));
source.on("end", () => log("end"));
source.push(bytes(0x00, 0x0f, 0xff));
source.push(bytes(0xab));
source.push(null);
