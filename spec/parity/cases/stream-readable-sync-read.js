const { Readable, log } = require("../prelude");

// _read that answers at once.
let number = 0;
const source = new Readable({
  highWaterMark: 3,
  read(n) {
    number = number + 1;
    log("read", n);
    this.push(number < 4 ? `#${number}` : null);
  },
});
source.on("data", (data) => log("data", data));
source.on("end", () => log("end"));
source.on("close", () => log("close"));
