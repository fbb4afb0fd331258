const { Readable, later, nextTick, watch } = require("../prelude");

const source = new Readable({ read() {} });
const note = watch(source, "source", ["end", "close", "pause", "resume"]);
note("state", source.readableFlowing, source.isPaused(), source.readableLength);
source.push("one");
note("pushed", source.readableFlowing, source.readableLength);
source.on("data", (data) => note("data", data));
note("listening", source.readableFlowing, source.readableLength);
nextTick(() => note("tick", source.readableLength));
source.push("two");
later(() => {
  source.push("three");
  source.push(null);
  note("ended", source.readableEnded, source.readable);
});
