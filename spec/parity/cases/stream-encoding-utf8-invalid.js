const { Readable, actor, bytes } = require("../prelude");

// Bytes that are no UTF-8 become U+FFFD.
const decode = (name, list) => {
  const source = new Readable({ read() {} });
  source.setEncoding("utf8");
  let all = "";
  source.on("data", (data) => {
    all = `${all}${data}`;
  });
  source.on("end", () => actor(name)("text", all));
  for (const part of list) source.push(part);
  source.push(null);
};
decode("lone continuation", [bytes(0x80, 0x41)]);
decode("overlong", [bytes(0xc0, 0x80, 0x41)]);
decode("surrogate", [bytes(0xed, 0xa0, 0x80, 0x41)]);
decode("too large", [bytes(0xf4, 0x90, 0x80, 0x80, 0x41)]);
decode("not a start", [bytes(0xff, 0xfe, 0x41)]);
decode("cut short by ASCII", [bytes(0xe2, 0x82, 0x41)]);
decode("cut short by ASCII, in two", [bytes(0xe2, 0x82), bytes(0x41)]);
decode("cut short by a start", [bytes(0xe2, 0xe2, 0x82, 0xac)]);
decode("cut short by a start, in two", [bytes(0xf0, 0x9f), bytes(0xc3, 0xa9)]);
decode("at the end", [bytes(0x41, 0xf0, 0x9f, 0x98)]);
decode("zero", [bytes(0x41, 0x00, 0x42)]);
