const { log, net, nextTick, setImmediate } = require("../prelude");

// error, then close(true), with the ticks between.
const client = net.connect(1, "127.0.0.1");
client.on("error", (err) => {
  log("error", err.code);
  nextTick(() => log("tick of error"));
  setImmediate(() => log("immediate of error"));
});
client.on("close", (hadError) => log("close", hadError));
