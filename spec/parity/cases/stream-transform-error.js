const { Transform, newError, watch } = require("../prelude");

const broken = new Transform({
  transform(chunk, encoding, callback) {
    callback(newError("no such letter"));
  },
});
const note = watch(broken, "broken");
broken.write("a", (err) => note("callback", err));
