const { Readable, later, watch } = require("../prelude");

const source = new Readable({ read() {} });
const note = watch(source, "source", ["end", "close", "pause", "resume"]);
source.on("data", (data) => {
  note("data", data);
  note("pause", source.pause() === source, source.isPaused(), source.readableFlowing);
  later(() => {
    note("resume", source.resume() === source, source.isPaused(), source.readableFlowing);
  });
});
source.push("one");
source.push("two");
source.push(null);
