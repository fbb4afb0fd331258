const { Writable, log, setImmediate } = require("../prelude");

const sink = new Writable({
  writev(chunks, callback) {
    log("count", chunks.length);
    for (const one of chunks) log("chunk", one.chunk);
    setImmediate(callback);
  },
});
sink.write("one");
sink.write("two", () => log("callback two"));
sink.write("three", () => log("callback three"));
sink.end(() => log("end"));
