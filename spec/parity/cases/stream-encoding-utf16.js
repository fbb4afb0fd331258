const { Readable, bytes, log } = require("../prelude");

const source = new Readable({ read() {} });
source.setEncoding("utf16le");
let all = "";
source.on("data", (data) => {
  all = `${all}${data}`;
});
source.on("end", () => log("text", all));
source.push(bytes(0x61));
source.push(bytes(0x00, 0xe9));
source.push(bytes(0x00, 0x3d, 0xd8));
source.push(bytes(0x00));
source.push(bytes(0xde, 0x62, 0x00));
source.push(null);
