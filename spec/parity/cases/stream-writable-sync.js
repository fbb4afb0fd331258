const { Writable, log, nextTick, watch } = require("../prelude");

// write callbacks and drain of a sink that takes at once.
const sink = new Writable({
  highWaterMark: 4,
  write(chunk, encoding, callback) {
    log("_write", chunk);
    callback();
  },
});
watch(sink, "sink", ["drain", "finish", "close"]);
log("write", sink.write("ab", () => log("callback ab")));
log("write", sink.write("cdef", () => log("callback cdef")));
log("state", sink.writableLength, sink.writableNeedDrain);
nextTick(() => log("tick"));
sink.on("drain", () => {
  log("drain");
  log("end", sink.end("g", () => log("callback end")) === sink);
});
