const { log, nextTick, setImmediate } = require("../prelude");

nextTick(() => log("tick"));
setImmediate(() => log("immediate"));
throw new Error("in the script");
