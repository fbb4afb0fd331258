const { Readable, later, nextTick, setImmediate, watch } = require("../prelude");

let number = 0;
const source = new Readable({
  read() {
    number = number + 1;
    const text = number < 4 ? `#${number}` : null;
    setImmediate(() => this.push(text));
  },
});
const note = watch(source, "source", ["end", "close"]);
source.on("data", (data) => note("data", data));
source.on("readable", () => note("never"));
source.removeAllListeners("readable");
nextTick(() => note("flowing", source.readableFlowing));
later(() => source.resume());
